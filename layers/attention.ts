/** Multi-head self-attention. */
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { attention, attentionWithWeights, splitHeads } from '../ops/attention.ts';
import type { Residual } from '../ops/linear.ts';
import { type AttentionVisit, visitHeads } from './attention-visitor.ts';
import { dropout, isDropping } from './drop.ts';
import { Linear } from './linear.ts';
import type { Taps } from './taps.ts';
import type { UniformSource } from './uniform-source.ts';
import type { WeightReader } from './weight-reader.ts';

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
  /** the probability that a weight of the attention is dropped while the model is trained; default 0 */
  attentionDropout?: number | undefined;
}

/** What one call of an attention layer may add. */
export interface AttentionCall {
  /** [B or 1, 1, 1 or T, T], added to the scores before the softmax */
  mask?: Tensor4D | undefined;
  /** `q`, `k`, `v` and `attention` of them are kept */
  taps?: Taps | undefined;
  /** looks at its queries, keys and values; changes nothing */
  visit?: AttentionVisit | undefined;
  /** the branch the result is scaled and added to */
  residual?: Residual | undefined;
  /** random numbers, where the model is trained: what the layer drops is dropped */
  random?: UniformSource | undefined;
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
  readonly dropout: number;

  /**
   * @param qkv D → 3·A·K: queries of all heads, then keys, then values
   * @param proj A·K → D
   */
  constructor(
    qkv: Linear,
    proj: Linear,
    {
      numHeads,
      headSize,
      attentionDropout = 0,
    }: Pick<AttentionOptions, 'numHeads' | 'headSize' | 'attentionDropout'>,
  ) {
    this.qkv = qkv;
    this.proj = proj;
    this.numHeads = numHeads;
    this.headSize = headSize;
    this.dropout = attentionDropout;
  }

  /** Reads `qkv` and `proj`. */
  static async load(weights: WeightReader, options: AttentionOptions): Promise<Attention> {
    const { dim, numHeads, headSize, qkvBias } = options;
    const inner = numHeads * headSize;
    const qkv = await Linear.load(weights.scope('qkv'), dim, 3 * inner, { bias: qkvBias });
    return new Attention(qkv, await Linear.load(weights.scope('proj'), inner, dim), options);
  }

  /**
   * @param x [B, T, D]
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, { residual, ...call }: AttentionCall = {}): Tensor3D {
    return tidy(() => {
      const attended = this.attend(this.qkv.forward(x), call);
      return { output: this.proj.forward(attended, { residual }), taps: call.taps };
    }).output;
  }

  /** [B, T, 3·A·K] → [B, T, A·K] */
  private attend(qkv: Tensor3D, { mask, taps = {}, visit, random }: AttentionCall): Tensor3D {
    const { numHeads } = this;
    const drop = { rate: this.dropout, random, name: 'attn.attn_drop' };
    const options = { numHeads, scale: this.headSize ** -0.5, mask };
    if (visit) visitHeads(qkv, numHeads, visit);
    if (taps.q || taps.k || taps.v) {
      const [q, k, v] = splitHeads(qkv, numHeads);
      taps.q?.push(q);
      taps.k?.push(k);
      taps.v?.push(v);
    }
    if (taps.attention === undefined && !isDropping(drop)) return attention(qkv, options);
    const dropped = (weights: Tensor4D) => dropout(weights, drop);
    const { output, weights } = attentionWithWeights(qkv, options, dropped);
    taps.attention?.push(weights);
    return output;
  }
}
