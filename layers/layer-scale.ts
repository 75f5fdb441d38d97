/** Layer scale: a residual branch with a factor per channel. */
import { add, mul, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import type { Residual } from '../ops/linear.ts';
import { type Drop, dropPath, isDropping } from './drop.ts';
import type { WeightReader } from './weight-reader.ts';

/**
 * A learned factor per channel on a residual branch.
 *
 * Meta: `LayerScale` · HF: `Dinov2LayerScale`, whose `lambda1` is `gamma` here.
 * Source: Touvron et al., Going deeper with Image Transformers, arXiv:2103.17239.
 */
export class LayerScale {
  readonly gamma: Tensor1D;

  /** @param gamma [D]; borrowed */
  constructor(gamma: Tensor1D) {
    this.gamma = gamma;
  }

  /** Reads `gamma` [dim]. */
  static async load(weights: WeightReader, { dim }: { dim: number }): Promise<LayerScale> {
    return new LayerScale(await weights.read('gamma', [dim]));
  }

  /**
   * x + gamma · branch, of which whole images may be dropped.
   *
   * @param x [..., D]; borrowed
   * @param branch gives its last linear layer the residual, which that layer scales and adds to in the same pass; without one
   *   it returns the branch alone
   * @returns [..., D], owned by the caller
   */
  add<T extends Tensor>(x: T, branch: (residual?: Residual) => T, drop: Drop): T {
    if (!isDropping(drop)) return branch({ input: x, scale: this.gamma });
    return tidy(() => add(x, dropPath(mul(branch(), this.gamma), drop)));
  }
}
