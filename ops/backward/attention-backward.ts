/** The gradient of scaled dot-product attention. */
import {
  add,
  matMul,
  mul,
  reshape,
  softmax,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import type { BackwardOp } from './backward-op.ts';

/** The inputs: `qkv` and `mask` as attention has them, its `output` and the gradient `dy` by it, [B, T, A·K] both. */
type Inputs = { qkv: Tensor3D; mask?: Tensor4D | undefined; output: Tensor3D; dy: Tensor3D };

/**
 * The gradient of softmax(Q Kᵀ · scale + mask) V by qkv [B, T, 3·A·K], of its shape.
 *
 * With the weights P, O the output and per row δ = Σ dO · O: dV = Pᵀ dO, dS = P · (dO Vᵀ − δ) · scale, dQ = dS K, dK = dSᵀ Q.
 * A fused kernel never has a T×T matrix in memory as a whole.
 * Source: Dao et al., FlashAttention, arXiv:2205.14135, appendix B.2.
 */
export const ATTENTION_BACKWARD: BackwardOp<Inputs, { numHeads: number; scale: number }> = {
  name: 'Dinov2AttentionBackward',
  compose: ({ qkv, mask, output, dy }, { numHeads: A, scale }) =>
    tidy(() => {
      const [B, T, packed] = qkv.shape;
      const K = packed / (3 * A);
      const heads = (x: Tensor): Tensor => transpose(reshape(x, [B, T, A, K]), [0, 2, 1, 3]);
      // [B, T, 3, A, K] → [3, B, A, T, K]
      const [q, k, v] = unstack(transpose(reshape(qkv, [B, T, 3, A, K]), [2, 0, 3, 1, 4])) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      const scores = mul(matMul(q, k, false, true), scale);
      const weights = softmax(mask === undefined ? scores : add(scores, mask));
      const dOutput = heads(dy);
      const delta = sum(mul(dOutput, heads(output)), -1, true);
      const dScores = mul(mul(weights, sub(matMul(dOutput, v, false, true), delta)), scale);
      const dq = matMul(dScores, k);
      const dk = matMul(dScores, q, true, false);
      const dv = matMul(weights, dOutput, true, false);
      // [3, B, A, T, K] → [B, T, 3, A, K]
      return [reshape(transpose(stack([dq, dk, dv]), [1, 3, 0, 2, 4]), [B, T, packed])];
    }),
};
