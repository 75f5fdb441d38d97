/** Layer normalisation, with a learned factor and bias per channel. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { layerNorm } from '../ops/layer-norm.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a layer norm. */
export interface LayerNormOptions {
  /** D */
  dim: number;
  /** 1e-6 in every published DINOv2, not PyTorch's default of 1e-5 */
  epsilon: number;
}

/** (x − mean) / √(var + ε) · weight + bias over the last axis. PyTorch: `nn.LayerNorm`. */
export class LayerNorm {
  readonly weight: Tensor1D;
  readonly bias: Tensor1D;
  readonly epsilon: number;

  /**
   * @param weight [D]; borrowed
   * @param bias [D]; borrowed
   * @param epsilon added to the variance
   */
  constructor(weight: Tensor1D, bias: Tensor1D, epsilon: number) {
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
  }

  /** Reads `weight` and `bias`, both [dim]. */
  static async load(weights: WeightReader, { dim, epsilon }: LayerNormOptions): Promise<LayerNorm> {
    const weight = await weights.read<Rank.R1>('weight', [dim]);
    return new LayerNorm(weight, await weights.read('bias', [dim]), epsilon);
  }

  /**
   * @param x [..., D]
   * @param tap where the result is kept too
   * @returns [..., D], owned by the caller
   */
  forward<T extends Tensor>(x: T, tap?: T[]): T {
    const normed = layerNorm(x, this.weight, this.bias, this.epsilon);
    tap?.push(normed);
    return normed;
  }
}
