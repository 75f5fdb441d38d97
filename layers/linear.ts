/** The linear layer. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { FusedActivation } from '../ops/linear.ts';
import { linear, type Residual } from '../ops/linear.ts';
import { type Initialisation, type WeightReader, ZEROS } from './weight-reader.ts';

/** The sizes of a linear layer. */
export interface LinearOptions {
  /** K, the size of its input; a list where the checkpoint's weight has that many axes, as a convolution's has */
  inputs: number | readonly number[];
  /** N, the size of its output */
  outputs: number;
  bias: boolean;
  /** how the weight starts without a checkpoint; the bias starts at zero */
  initial: Initialisation;
}

/** What may follow the product in the same pass over memory. */
export interface LinearEpilogue {
  activation?: FusedActivation;
  /** the branch this product is scaled and added to */
  residual?: Residual | undefined;
}

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

  /** Reads `weight` and, if the layer has one, `bias`. */
  static async load(
    weights: WeightReader,
    { inputs, outputs, bias, initial }: LinearOptions,
  ): Promise<Linear> {
    const weight = await weights.readLinear('weight', [outputs, inputs].flat(), initial);
    return bias ? new Linear(weight, await weights.read('bias', [outputs], ZEROS)) : new Linear(weight);
  }

  /**
   * @param x [..., K]
   * @returns [..., N], owned by the caller
   */
  forward<T extends Tensor>(x: T, { activation, residual }: LinearEpilogue = {}): T {
    return linear(x, this.weight, { bias: this.bias, activation, residual });
  }
}
