/** Rollout: how much of each input token has come into each token by way of all layers. */
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
import { fusedWeights, type RolloutSettings } from './fused-weights.ts';

/**
 * The product Â_l ⋯ Â_1 of the layers so far, where Â is 0.5·A + 0.5·I with rows that sum to 1, and A a layer's weights in one
 * matrix for all heads. A layer is added while it runs, its heads one after another: a few T×T matrices are in memory, however many
 * heads and layers there are.
 *
 * Source: Abnar & Zuidema, Quantifying Attention Flow in Transformers, arXiv:2005.00928, §3, with the mean of heads. Fusion by
 * minimum and maximum and the discarded share follow
 * github.com/jacobgil/vit-explain/blob/15a81d355a5aa6128ea4e71bbd56c28888d0f33b/vit_rollout.py#L9-L33,
 * which divides columns in place of rows by the sums of rows; both are one where every row sums to 1.
 */
export class RolloutMatrix {
  private readonly settings: RolloutSettings;
  /** [T, T] */
  private product: Tensor2D | undefined;

  constructor(settings: RolloutSettings) {
    this.settings = settings;
  }

  /**
   * Adds the next layer.
   *
   * @param query [1, A, T, K]; borrowed
   * @param key [1, A, T, K]; borrowed
   */
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

  /**
   * @returns [1, T]: how much of each input token there is in a token; owned by the caller
   */
  row(token: number): Tensor2D {
    if (this.product === undefined) throw new Error('internal: a rollout of no layer');
    return slice(this.product, [token, 0], [1, -1]);
  }

  dispose(): void {
    this.product?.dispose();
  }
}
