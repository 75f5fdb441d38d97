/** Layer normalisation as a layer. */
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { layerNorm } from '../ops/layer-norm.ts';
import { ONES, type WeightReader, ZEROS } from './weight-reader.ts';

/** (x − mean) / √(var + ε) · weight + bias over the last axis. PyTorch: `nn.LayerNorm`. */
export class LayerNorm {
  readonly weight: Tensor1D;
  readonly bias: Tensor1D;
  readonly epsilon: number;

  /**
   * @param weight [D]; borrowed
   * @param bias [D]; borrowed
   * @param epsilon 1e-6 in every published DINOv2, not PyTorch's default of 1e-5
   */
  constructor(weight: Tensor1D, bias: Tensor1D, epsilon: number) {
    this.weight = weight;
    this.bias = bias;
    this.epsilon = epsilon;
  }

  /** Reads `weight` and `bias`, both [dim]. */
  static async load(
    weights: WeightReader,
    { dim, epsilon }: { dim: number; epsilon: number },
  ): Promise<LayerNorm> {
    const weight = await weights.read<Rank.R1>('weight', [dim], ONES);
    return new LayerNorm(weight, await weights.read('bias', [dim], ZEROS), epsilon);
  }

  /**
   * @param x [..., D]
   * @returns [..., D], owned by the caller
   */
  forward<T extends Tensor>(x: T): T {
    return layerNorm(x, this.weight, this.bias, this.epsilon);
  }
}
