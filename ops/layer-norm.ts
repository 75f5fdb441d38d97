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
import { backwardOp } from './backward/backward-op.ts';
import { LAYER_NORM_BACKWARD } from './backward/layer-norm-backward.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';
import { numberOf } from './operation.ts';

type Inputs = { x: Tensor; gamma: Tensor1D; beta: Tensor1D };

/** (x − mean) / √(var + epsilon) · gamma + beta over the last axis of x [..., D]; gamma [D], beta [D]. */
export const FUSED_LAYER_NORM: FusedOp<Inputs, { epsilon: number }> = {
  name: 'Dinov2FusedLayerNorm',
  attributes: ['epsilon'],
  compose: ({ x, gamma, beta }, { epsilon }) =>
    tidy(() => {
      const centred = sub(x, mean(x, -1, true));
      const deviation = sqrt(add(mean(square(centred), -1, true), epsilon));
      return add(mul(div(centred, deviation), gamma), beta);
    }),
  backward({ dy, inputs: { x, gamma }, attrs }) {
    const [dx, dGamma, dBeta] = backwardOp(LAYER_NORM_BACKWARD, { x, gamma, dy }, attrs);
    return { x: dx, gamma: dGamma, beta: dBeta };
  },
  infer: ({ x }) => x,
  tokenwise: ['x'],
  lower: (operation, onnx, input) =>
    onnx.node('LayerNormalization', [input('x'), input('gamma'), input('beta')], {
      attributes: { axis: -1, epsilon: { float: numberOf(operation, 'epsilon') } },
    }),
};

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
  return fusedOp(FUSED_LAYER_NORM, { x, gamma, beta }, { epsilon });
}
