/** The gradients of layer normalisation. */
import {
  add,
  div,
  mean,
  mul,
  reshape,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BackwardOp } from './backward-op.ts';

/**
 * The gradients by x, gamma and beta of y = x̂ · gamma + beta with x̂ = (x − mean) / √(var + epsilon).
 *
 * With g = dy · gamma: dx = (g − mean(g) − x̂ · mean(g · x̂)) / √(var + epsilon), dgamma = Σ dy · x̂, dbeta = Σ dy over all rows.
 *
 * x and dy [..., D], gamma [D]; results [..., D], [D], [D].
 */
export const LAYER_NORM_BACKWARD: BackwardOp<
  { x: Tensor; gamma: Tensor1D; dy: Tensor },
  { epsilon: number }
> = {
  name: 'Dinov2LayerNormBackward',
  compose: ({ x, gamma, dy }, { epsilon }) =>
    tidy(() => {
      const D = gamma.size;
      const rows = reshape(x, [-1, D]);
      const dyRows = reshape(dy, [-1, D]);
      const centred = sub(rows, mean(rows, -1, true));
      const deviation = sqrt(add(mean(square(centred), -1, true), epsilon));
      const normed = div(centred, deviation);
      const g = mul(dyRows, gamma);
      const along = mul(normed, mean(mul(g, normed), -1, true));
      const dx = div(sub(sub(g, mean(g, -1, true)), along), deviation);
      return [reshape(dx, x.shape), sum(mul(dyRows, normed), 0), sum(dyRows, 0)];
    }),
};
