/** The linear layer. */
import { add, mul, type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { gelu } from '../ops/gelu.ts';
import { type LinearOptions, linear } from '../ops/linear.ts';
import type { LowRankAdapter } from './low-rank-adapter.ts';
import type { WeightReader } from './weight-reader.ts';

/** What may follow the product in the same pass over memory: an activation, or a residual branch. */
export type LinearEpilogue = Omit<LinearOptions, 'bias'>;

/** x Wᵀ + b. PyTorch: `nn.Linear`. */
export class Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D | undefined;
  /** what is added to the product, beside weights that stay as they are */
  adapters: readonly LowRankAdapter[] = [];

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
    const { weight, bias, adapters } = this;
    if (adapters.length === 0) return linear(x, weight, { bias, ...epilogue });
    const { activation, residual } = epilogue;
    return tidy(() => {
      const product = adapters.reduce(
        (y, adapter) => add(y, adapter.forward(x)),
        linear(x, weight, { bias }),
      );
      const y = activation === 'gelu' ? gelu(product) : product;
      return (residual === undefined ? y : add(residual.input, mul(y, residual.scale))) as T;
    });
  }
}
