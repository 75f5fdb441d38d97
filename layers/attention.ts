/** Multi-head self-attention. */
import { dispose, type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { type AttentionResult, attention, attentionWithWeights } from '../ops/attention.ts';
import type { Residual } from '../ops/linear.ts';
import { Linear } from './linear.ts';
import type { Initialisation, WeightReader } from './weight-reader.ts';

/** The sizes of an attention layer. */
export interface AttentionOptions {
  /** D */
  dim: number;
  /** A */
  numHeads: number;
  /** K; D/A in every published model */
  headSize: number;
  /** whether queries, keys and values have a bias; the output projection always has one */
  qkvBias: boolean;
  initial: Initialisation;
}

/** What one call of an attention layer may add. */
export interface AttentionCall {
  /** [B or 1, 1, 1 or T, T], added to the scores before the softmax */
  mask?: Tensor4D | undefined;
  /** the branch the result is scaled and added to */
  residual?: Residual | undefined;
}

/**
 * softmax(Q Kᵀ / √K) V per head, heads side by side, then projected.
 *
 * Meta: `Attention` · HF: `Dinov2Attention`, which keeps Q, K and V as three layers.
 */
export class Attention {
  readonly qkv: Linear;
  readonly proj: Linear;
  readonly numHeads: number;
  readonly headSize: number;

  /**
   * @param qkv D → 3·A·K: queries of all heads, then keys, then values
   * @param proj A·K → D
   */
  constructor(qkv: Linear, proj: Linear, { numHeads, headSize }: { numHeads: number; headSize: number }) {
    this.qkv = qkv;
    this.proj = proj;
    this.numHeads = numHeads;
    this.headSize = headSize;
  }

  /** Reads `qkv` and `proj`. */
  static async load(weights: WeightReader, options: AttentionOptions): Promise<Attention> {
    const { dim, numHeads, headSize, qkvBias, initial } = options;
    const inner = numHeads * headSize;
    const qkv = await Linear.load(weights.scope('qkv'), {
      inputs: dim,
      outputs: 3 * inner,
      bias: qkvBias,
      initial,
    });
    const proj = await Linear.load(weights.scope('proj'), {
      inputs: inner,
      outputs: dim,
      bias: true,
      initial,
    });
    return new Attention(qkv, proj, { numHeads, headSize });
  }

  /**
   * @param x [B, T, D]
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, { mask, residual }: AttentionCall = {}): Tensor3D {
    return tidy(() => {
      const attended = attention(this.qkv.forward(x), this.optionsWith(mask));
      return this.proj.forward(attended, { residual });
    });
  }

  /**
   * The same, together with the weights after the softmax.
   *
   * @param x [B, T, D]
   * @returns output [B, T, D] and weights [B, A, T, T], both owned by the caller
   */
  forwardWithWeights(x: Tensor3D, { mask, residual }: AttentionCall = {}): AttentionResult {
    const { output: attended, weights } = tidy(() => {
      const result = attentionWithWeights(this.qkv.forward(x), this.optionsWith(mask));
      return { output: result.output, weights: result.weights };
    });
    const output = this.proj.forward(attended, { residual });
    dispose(attended);
    return { output, weights };
  }

  private optionsWith(mask: Tensor4D | undefined): {
    numHeads: number;
    scale: number;
    mask: Tensor4D | undefined;
  } {
    return { numHeads: this.numHeads, scale: this.headSize ** -0.5, mask };
  }
}
