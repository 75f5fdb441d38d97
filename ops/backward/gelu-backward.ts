/** The gradient of the Gaussian error linear unit. */
import { add, erf, exp, mul, square, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { BackwardOp } from './backward-op.ts';

/** 1/√(2π), the normal density at 0. */
const DENSITY_AT_0 = 1 / Math.sqrt(2 * Math.PI);

/** dx = dy · (Φ(x) + x · φ(x)), with the normal distribution Φ and its density φ; x and dy of one shape. */
export const GELU_BACKWARD: BackwardOp<{ x: Tensor; dy: Tensor }> = {
  name: 'Dinov2GeluBackward',
  compose: ({ x, dy }) =>
    tidy(() => {
      const distribution = mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
      const density = mul(exp(mul(square(x), -0.5)), DENSITY_AT_0);
      return [mul(dy, add(distribution, mul(x, density)))];
    }),
};
