/** One row of a rollout, which takes no product of matrices. */
import {
  add,
  clone,
  div,
  keep,
  matMul,
  sum,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { fusedWeights } from './fused-weights.ts';
import type { Rollout, RolloutSettings } from './rollout.ts';

/**
 * A row of what `RolloutMatrix` computes, from the last layer to the first: T² products a layer and head in place of T³. Queries and
 * keys of all layers are kept until then, 2 · L · T · D numbers, which are fewer than those of T×T matrices where there are many tokens.
 */
export class RolloutRow implements Rollout {
  private readonly settings: RolloutSettings;
  private readonly layers: { readonly query: Tensor4D; readonly key: Tensor4D }[] = [];

  constructor(settings: RolloutSettings) {
    this.settings = settings;
  }

  add(query: Tensor4D, key: Tensor4D): void {
    this.layers.push({ query: keep(clone(query)), key: keep(clone(key)) });
  }

  row(token: number): Tensor2D {
    const T = this.layers[0]?.query.shape[2] ?? 0;
    let row = tensor2d(
      Float32Array.from({ length: T }, (_, i) => (i === token ? 1 : 0)),
      [1, T],
    );
    for (const { query, key } of this.layers.slice().reverse()) {
      const after = row;
      row = tidy(() => {
        const weights = fusedWeights(query, key, this.settings);
        // r (A + I) / (1 + the sums of A's rows), as the halves cancel out
        const shares: Tensor2D = div(after, add(transpose(sum(weights, 1, true)), 1));
        return add(matMul(shares, weights), shares);
      });
      after.dispose();
    }
    return row;
  }

  dispose(): void {
    for (const { query, key } of this.layers) {
      query.dispose();
      key.dispose();
    }
  }
}
