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
export interface ScaledDotProductOptions {
  /** A, the number of heads */
  numHeads: number;
  /** multiplies the scores; K^-0.5 with K the size of a head */
  scale: number;
  /** [B or 1, 1, 1 or T, T] float32, added to the scaled scores */
  mask?: Tensor4D | undefined;
}

/**
 * softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the result.
 *
 * Source: Vaswani et al., Attention Is All You Need, arXiv:1706.03762, §3.2.
 *
 * @param qkv [B, T, 3·A·K] float32: Q of all heads, then K, then V
 * @returns [B, T, A·K], owned by the caller
 */
export function attention(qkv: Tensor3D, options: ScaledDotProductOptions): Tensor3D {
  const { numHeads, scale, mask } = options;
  const attrs = { numHeads, scale } satisfies FusedAttentionAttrs;
  return fusedOp(FUSED_ATTENTION, { qkv, ...(mask && { mask }) }, attrs, () =>
    tidy(() => attentionWithWeights(qkv, options).output),
  );
}

/**
 * The composition of `attention`, with the weights it multiplies the values by.
 *
 * @param qkv [B, T, 3·A·K] float32
 * @returns output [B, T, A·K] and weights [B, A, T, T], whose rows sum to 1; both owned by the caller
 */
export function attentionWithWeights(
  qkv: Tensor3D,
  { numHeads, scale, mask }: ScaledDotProductOptions,
): { output: Tensor3D; weights: Tensor4D } {
  return tidy(() => {
    const [q, k, v] = splitHeads(qkv, numHeads);
    const scores: Tensor4D = mul(matMul(q, k, false, true), scale);
    const masked: Tensor4D = mask === undefined ? scores : add(scores, mask);
    const weights = softmax(masked);
    return { output: mergeHeads(matMul(weights, v)), weights };
  });
}

/**
 * Queries, keys and values of every head.
 *
 * @param qkv [B, T, 3·A·K]: Q of all heads, then K, then V
 * @param numHeads A
 * @returns q, k and v, [B, A, T, K] each, owned by the caller
 */
export function splitHeads(qkv: Tensor3D, numHeads: number): [Tensor4D, Tensor4D, Tensor4D] {
  const [B, T, packed] = qkv.shape;
  return tidy(() => {
    const parts = reshape(qkv, [B, T, 3, numHeads, packed / (3 * numHeads)]);
    // [B, T, 3, A, K] → [3, B, A, T, K]
    return unstack(transpose(parts, [2, 0, 3, 1, 4])) as [Tensor4D, Tensor4D, Tensor4D];
  });
}

/** [B, A, T, K] → [B, T, A·K] */
function mergeHeads(heads: Tensor4D): Tensor3D {
  const [B, A, T, K] = heads.shape;
  return reshape(transpose(heads, [0, 2, 1, 3]), [B, T, A * K]);
}
