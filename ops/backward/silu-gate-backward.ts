/** The gradient of the gate of SwiGLU. */
import { add, concat, mul, sigmoid, split, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { BackwardOp } from './backward-op.ts';

/**
 * The gradient of y = silu(x₁) · x₂ by x = [x₁, x₂].
 *
 * dx₁ = dy · x₂ · σ(x₁) · (1 + x₁ · (1 − σ(x₁))), dx₂ = dy · silu(x₁); x [..., 2S], dy [..., S], result [..., 2S].
 */
export const SILU_GATE_BACKWARD: BackwardOp<{ x: Tensor; dy: Tensor }> = {
  name: 'Dinov2SiluGateBackward',
  compose: ({ x, dy }) =>
    tidy(() => {
      const [gate, value] = split(x, 2, -1) as [Tensor, Tensor];
      const sigma = sigmoid(gate);
      const slope = mul(sigma, add(mul(gate, sub(1, sigma)), 1));
      return [concat([mul(mul(dy, value), slope), mul(dy, mul(gate, sigma))], -1)];
    }),
};
