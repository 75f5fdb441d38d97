/** A rollout as the product of the weights of all layers, from which any token can be read. */
import {
  add,
  div,
  eye,
  keep,
  matMul,
  slice,
  sum,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { fusedWeights } from './fused-weights.ts';
import type { Rollout, RolloutSettings } from './rollout.ts';

/**
 * The product Â_l ⋯ Â_1 of the layers so far, where Â is 0.5·A + 0.5·I with rows that sum to 1, and A a layer's weights in one
 * matrix for all heads. A layer is added while it runs, its heads one after another: a few T×T matrices are in memory, however many
 * heads and layers there are.
 */
export class RolloutMatrix implements Rollout {
  private readonly settings: RolloutSettings;
  /** [T, T] */
  private product: Tensor2D | undefined;

  constructor(settings: RolloutSettings) {
    this.settings = settings;
  }

  add(query: Tensor4D, key: Tensor4D): void {
    const before = this.product;
    this.product = tidy(() => {
      const weights = fusedWeights(query, key, this.settings);
      const product = before ?? eye(weights.shape[0]);
      // (A + I) P / (1 + the sums of A's rows), as the halves cancel out: without a matrix for A + I
      const passed = add(matMul(weights, product), product);
      return keep(div(passed, add(sum(weights, 1, true), 1)));
    });
    before?.dispose();
  }

  row(token: number): Tensor2D {
    if (this.product === undefined) throw new Error('internal: a rollout of no layer');
    return slice(this.product, [token, 0], [1, -1]);
  }

  dispose(): void {
    this.product?.dispose();
  }
}
