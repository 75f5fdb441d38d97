/** Layer scale. */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Residual } from '../ops/linear.ts';
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

  /** Reads `gamma` [dim]; without a checkpoint it is `value` everywhere. */
  static async load(
    weights: WeightReader,
    { dim, value }: { dim: number; value: number },
  ): Promise<LayerScale> {
    return new LayerScale(await weights.read('gamma', [dim], { kind: 'constant', value }));
  }

  /**
   * The branch `x + gamma · (…)`, for a linear layer that can finish it in the same pass.
   *
   * @param x [..., D]; borrowed
   */
  residual(x: Tensor): Residual {
    return { input: x, scale: this.gamma };
  }
}
