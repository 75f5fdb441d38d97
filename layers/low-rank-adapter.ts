/** Low-rank adapters: what is trained beside a frozen linear layer. */
import { fill, pad, type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { linear } from '../ops/linear.ts';

/** Which outputs of its layer an adapter changes, and by how much. */
export interface LowRankAdapterOptions {
  /** the first of its outputs */
  start: number;
  /** the outputs that the layer has, N */
  outputs: number;
  /** what its product is multiplied by */
  scale: number;
}

/**
 * y + scale · (x Aᵀ) Bᵀ, for some of the outputs of a linear layer.
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
   * @param y [..., N], what comes out of it; borrowed
   * @returns [..., N], owned by the caller
   */
  add<T extends Tensor>(x: T, y: T): T {
    const { start, outputs, scale } = this.options;
    return tidy(() => {
      const [n] = this.b.shape;
      const rows =
        n === outputs
          ? this.b
          : pad(this.b, [
              [start, outputs - start - n],
              [0, 0],
            ]);
      const scales = fill([outputs], scale) as Tensor1D;
      return linear(linear(x, this.a), rows, { residual: { input: y, scale: scales } });
    });
  }
}
