/** The gate of SwiGLU. */
import { mul, sigmoid, split as splitTensor, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { backwardOp } from './backward/backward-op.ts';
import { SILU_GATE_BACKWARD } from './backward/silu-gate-backward.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';
import { split } from './onnx-builder.ts';

/** silu(x₁) · x₂ of the halves of x [..., 2S]. */
export const FUSED_SILU_GATE: FusedOp<{ x: Tensor }> = {
  name: 'Dinov2FusedSiluGate',
  attributes: [],
  compose: ({ x }) =>
    tidy(() => {
      const [gate, value] = splitTensor(x, 2, -1) as [Tensor, Tensor];
      return mul(mul(gate, sigmoid(gate)), value);
    }),
  backward({ dy, inputs: { x } }) {
    const [dx] = backwardOp(SILU_GATE_BACKWARD, { x, dy }, {});
    return { x: dx };
  },
  infer: ({ x }) => [...x.slice(0, -1), x.at(-1)! / 2],
  tokenwise: ['x'],
  lower(_, onnx, input) {
    const [gate, value] = split(onnx, input('x'), -1, 2);
    const silu = onnx.node('Mul', [gate!, onnx.node('Sigmoid', [gate!])]);
    return onnx.node('Mul', [silu, value!]);
  },
};

/**
 * silu(x₁) · x₂, where x₁ and x₂ are the first and second half of the last axis.
 *
 * Source: Shazeer, GLU Variants Improve Transformer, arXiv:2002.05202.
 *
 * @param x [..., 2S] float32
 * @returns [..., S], owned by the caller
 */
export function siluGate<T extends Tensor>(x: T): T {
  return fusedOp(FUSED_SILU_GATE, { x }, {});
}
