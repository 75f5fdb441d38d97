/** The Gaussian error linear unit in its exact form. */
import { add, erf, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { FUSED_GELU } from './kernel-names.ts';

/**
 * x · Φ(x) = x/2 · (1 + erf(x/√2)), as `torch.nn.functional.gelu` computes it by default.
 *
 * Source: Hendrycks and Gimpel, Gaussian Error Linear Units, arXiv:1606.08415.
 *
 * @param x any shape, float32
 * @returns the shape of x, owned by the caller
 */
export function gelu(x: Tensor): Tensor {
  return fusedOp(FUSED_GELU, { x }, {}, () => geluComposition(x));
}

/** The same from TF.js ops. */
export function geluComposition(x: Tensor): Tensor {
  return tidy(() => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)));
}
