/** The feed-forward network of the giant models. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { Residual } from '../ops/linear.ts';
import { siluGate } from '../ops/silu-gate.ts';
import { Linear } from './linear.ts';
import type { Initialisation, WeightReader } from './weight-reader.ts';

/** The sizes of a SwiGLU network. */
export interface SwiGLUFFNOptions {
  /** D */
  dim: number;
  /** S, the size of each half; `swigluHiddenDim` gives it */
  hiddenDim: number;
  initial: Initialisation;
}

/**
 * The hidden size of a SwiGLU network that costs what an MLP of `mlpHiddenDim` costs: two thirds, up to the next
 * multiple of 8.
 */
export function swigluHiddenDim(mlpHiddenDim: number): number {
  return Math.floor((Math.trunc((mlpHiddenDim * 2) / 3) + 7) / 8) * 8;
}

/**
 * w3(silu(x₁) · x₂), where [x₁, x₂] = w12(x).
 *
 * Meta: `SwiGLUFFN` · HF: `Dinov2SwiGLUFFN`, whose 5.x modules split `w12` into `gate_proj` and `up_proj`.
 */
export class SwiGLUFFN {
  readonly w12: Linear;
  readonly w3: Linear;

  /**
   * @param w12 D → 2S, the gate first
   * @param w3 S → D
   */
  constructor(w12: Linear, w3: Linear) {
    this.w12 = w12;
    this.w3 = w3;
  }

  /** Reads `w12` and `w3`. */
  static async load(
    weights: WeightReader,
    { dim, hiddenDim, initial }: SwiGLUFFNOptions,
  ): Promise<SwiGLUFFN> {
    const w12 = await Linear.load(weights.scope('w12'), {
      inputs: dim,
      outputs: 2 * hiddenDim,
      bias: true,
      initial,
    });
    const w3 = await Linear.load(weights.scope('w3'), {
      inputs: hiddenDim,
      outputs: dim,
      bias: true,
      initial,
    });
    return new SwiGLUFFN(w12, w3);
  }

  /**
   * @param x [B, T, D]
   * @param residual the branch the result is scaled and added to
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, residual?: Residual): Tensor3D {
    return tidy(() => this.w3.forward(siluGate(this.w12.forward(x)), { residual }));
  }
}
