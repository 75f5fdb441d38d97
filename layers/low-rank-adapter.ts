/** Low-rank adapters: what is trained beside a frozen linear layer. */
import { mul, pad, type Tensor, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { linear } from '../ops/linear.ts';

/** What a linear layer gives more for some of its outputs. */
export interface LowRankAdapterOptions {
  /** the first of these outputs */
  start: number;
  /** N, all outputs of the layer */
  outputs: number;
  /** what the product is multiplied by */
  scale: number;
}

/**
 * scale · (x Aᵀ) Bᵀ, for n of the N outputs of a linear layer and 0 for the others.
 *
 * Source: Hu et al., LoRA, arXiv:2106.09685. peft: `lora.Linear`.
 */
export class LowRankAdapter {
  readonly a: Tensor2D;
  readonly b: Tensor2D;
  readonly options: LowRankAdapterOptions;

  /**
   * @param a [r, K]; borrowed
   * @param b [n, r]; borrowed
   */
  constructor(a: Tensor2D, b: Tensor2D, options: LowRankAdapterOptions) {
    this.a = a;
    this.b = b;
    this.options = options;
  }

  /**
   * @param x [..., K], what goes into the layer; borrowed
   * @returns [..., N], owned by the caller
   */
  forward<T extends Tensor>(x: T): T {
    const { start, outputs, scale } = this.options;
    return tidy(() => {
      const some = mul(linear(linear(x, this.a), this.b), scale);
      const after = outputs - start - this.b.shape[0];
      if (start === 0 && after === 0) return some as T;
      return pad(
        some,
        x.shape.map((_, axis) => (axis === x.rank - 1 ? [start, after] : [0, 0])),
      ) as T;
    });
  }
}
