/** The Gaussian error linear unit in its exact form. */
import { add, erf, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { backwardOp } from './backward/backward-op.ts';
import { GELU_BACKWARD } from './backward/gelu-backward.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';

/** x · Φ(x), the erf form. */
export const FUSED_GELU: FusedOp<{ x: Tensor }> = {
  name: 'Dinov2FusedGelu',
  attributes: [],
  compose: ({ x }) => geluComposition(x),
  backward({ dy, inputs: { x } }) {
    const [dx] = backwardOp(GELU_BACKWARD, { x, dy }, {});
    return { x: dx };
  },
  infer: ({ x }) => x,
  tokenwise: ['x'],
  lower: (_, onnx, input) => onnx.node('Gelu', [input('x')]),
};

/**
 * x · Φ(x) = x/2 · (1 + erf(x/√2)), as `torch.nn.functional.gelu` computes it by default.
 *
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv:1606.08415.
 *
 * @param x any shape, float32
 * @returns the shape of x, owned by the caller
 */
export function gelu(x: Tensor): Tensor {
  return fusedOp(FUSED_GELU, { x }, {});
}

/** The same from TF.js ops. */
export function geluComposition(x: Tensor): Tensor {
  return tidy(() => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)));
}
