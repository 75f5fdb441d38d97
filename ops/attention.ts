/** Scaled dot-product attention over packed queries, keys and values. */
import {
  add,
  matMul,
  mul,
  reshape,
  softmax,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { FUSED_ATTENTION, type FusedAttentionAttrs } from './kernel-names.ts';

/** What attention needs beside its input. */
export interface AttentionOptions {
  /** A, the number of heads */
  numHeads: number;
  /** multiplies the scores; K^-0.5 with K the size of a head */
  scale: number;
  /** [B or 1, 1, 1 or T, T] float32, added to the scaled scores */
  mask?: Tensor4D | undefined;
}

/** Attention's result together with the weights it used. */
export interface AttentionResult {
  /** [B, T, A·K] */
  output: Tensor3D;
  /** [B, A, T, T], rows sum to 1 */
  weights: Tensor4D;
}

/**
 * softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the result.
 *
 * Source: Vaswani et al., Attention Is All You Need, arXiv:1706.03762, §3.2.
 *
 * @param qkv [B, T, 3·A·K] float32: Q of all heads, then K, then V
 * @returns [B, T, A·K], owned by the caller
 */
export function attention(qkv: Tensor3D, { numHeads, scale, mask }: AttentionOptions): Tensor3D {
  const attrs = { numHeads, scale } satisfies FusedAttentionAttrs;
  return fusedOp(FUSED_ATTENTION, { qkv, ...(mask && { mask }) }, attrs, () =>
    tidy(() => {
      const { value, weights } = attentionWeights(qkv, { numHeads, scale, mask });
      return mergeHeads(matMul(weights, value));
    }),
  );
}

/**
 * The same, returning the T×T weights too; it always runs as a composition.
 *
 * @param qkv [B, T, 3·A·K] float32
 * @returns both tensors, owned by the caller
 */
export function attentionWithWeights(qkv: Tensor3D, options: AttentionOptions): AttentionResult {
  const [output, weights] = tidy((): [Tensor3D, Tensor4D] => {
    const { value, weights } = attentionWeights(qkv, options);
    return [mergeHeads(matMul(weights, value)), weights];
  });
  return { output, weights };
}

function attentionWeights(
  qkv: Tensor3D,
  { numHeads, scale, mask }: AttentionOptions,
): { value: Tensor4D; weights: Tensor4D } {
  const [B, T, packed] = qkv.shape;
  const headSize = packed / (3 * numHeads);
  // [B, T, 3·A·K] → [3, B, A, T, K]
  const split = transpose(reshape(qkv, [B, T, 3, numHeads, headSize]), [2, 0, 3, 1, 4]);
  const [query, key, value] = unstack(split) as [Tensor4D, Tensor4D, Tensor4D];
  const scores: Tensor4D = mul(matMul(query, key, false, true), scale);
  const masked: Tensor4D = mask === undefined ? scores : add(scores, mask);
  const weights = softmax(masked);
  return { value, weights };
}

/** [B, A, T, K] → [B, T, A·K] */
function mergeHeads(heads: Tensor4D): Tensor3D {
  const [B, A, T, K] = heads.shape;
  return reshape(transpose(heads, [0, 2, 1, 3]), [B, T, A * K]);
}
