/** The feed-forward network of the giant models. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { siluGate } from '../ops/silu-gate.ts';
import { Linear, type LinearEpilogue } from './linear.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of a SwiGLU network. */
export interface SwiGLUFFNOptions {
  /** D */
  dim: number;
  /** S, the size of each half; `swigluHiddenDim` gives it */
  hiddenDim: number;
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
  static async load(weights: WeightReader, { dim, hiddenDim }: SwiGLUFFNOptions): Promise<SwiGLUFFN> {
    const w12 = await Linear.load(weights.scope('w12'), dim, 2 * hiddenDim);
    return new SwiGLUFFN(w12, await Linear.load(weights.scope('w3'), hiddenDim, dim));
  }

  /**
   * @param x [B, T, D]
   * @param epilogue what `w3` does beside its product
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, epilogue?: LinearEpilogue): Tensor3D {
    return tidy(() => this.w3.forward(siluGate(this.w12.forward(x)), epilogue));
  }
}
