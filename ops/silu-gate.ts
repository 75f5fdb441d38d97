/** The gate of SwiGLU. */
import { mul, sigmoid, split, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { FUSED_SILU_GATE } from './kernel-names.ts';

/**
 * silu(x₁) · x₂, where x₁ and x₂ are the first and second half of the last axis.
 *
 * Source: Shazeer, GLU Variants Improve Transformer, arXiv:2002.05202.
 *
 * @param x [..., 2S] float32
 * @returns [..., S], owned by the caller
 */
export function siluGate<T extends Tensor>(x: T): T {
  return fusedOp(FUSED_SILU_GATE, { x }, {}, () => siluGateComposition(x));
}

function siluGateComposition<T extends Tensor>(x: T): T {
  return tidy(() => {
    const [gate, value] = split(x, 2, -1) as [T, T];
    return mul(mul(gate, sigmoid(gate)), value);
  });
}
