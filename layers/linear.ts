/** The linear layer. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { type LinearOptions, linear } from '../ops/linear.ts';
import type { WeightReader } from './weight-reader.ts';

/** What may follow the product in the same pass over memory: an activation, or a residual branch. */
export type LinearEpilogue = Omit<LinearOptions, 'bias'>;

/** x Wᵀ + b. PyTorch: `nn.Linear`. */
export class Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D | undefined;

  /**
   * @param weight [N, K]; borrowed
   * @param bias [N]; borrowed
   */
  constructor(weight: Tensor2D, bias?: Tensor1D) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * Reads `weight` and, if the layer has one, `bias`.
   *
   * @param inputs K; a list where the checkpoint's weight has that many axes, as a convolution's has
   * @param outputs N
   */
  static async load(
    weights: WeightReader,
    inputs: number | readonly number[],
    outputs: number,
    { bias = true }: { bias?: boolean } = {},
  ): Promise<Linear> {
    const weight = await weights.readLinear('weight', [outputs, ...[inputs].flat()]);
    return new Linear(weight, bias ? await weights.read('bias', [outputs]) : undefined);
  }

  /**
   * @param x [..., K]
   * @returns [..., N], owned by the caller
   */
  forward<T extends Tensor>(x: T, epilogue: LinearEpilogue = {}): T {
    return linear(x, this.weight, { bias: this.bias, ...epilogue });
  }
}
