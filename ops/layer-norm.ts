/** Layer normalisation. */
import {
  add,
  div,
  mean,
  mul,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import { fusedOp } from './fused-op.ts';
import { FUSED_LAYER_NORM, type FusedLayerNormAttrs } from './kernel-names.ts';

/**
 * (x − mean) / √(var + epsilon) · gamma + beta over the last axis, with the biased variance.
 *
 * Source: Ba, Kiros and Hinton, Layer Normalization, arXiv:1607.06450; epsilon inside the root as in PyTorch.
 *
 * @param x [..., D] float32
 * @param gamma [D]
 * @param beta [D]
 * @returns [..., D], owned by the caller
 */
export function layerNorm<T extends Tensor>(x: T, gamma: Tensor1D, beta: Tensor1D, epsilon: number): T {
  const attrs = { epsilon } satisfies FusedLayerNormAttrs;
  return fusedOp(FUSED_LAYER_NORM, { x, gamma, beta }, attrs, () =>
    tidy((): T => {
      const centred = sub(x, mean(x, -1, true));
      const deviation = sqrt(add(mean(square(centred), -1, true), epsilon));
      return add(mul(div(centred, deviation), gamma), beta);
    }),
  );
}
