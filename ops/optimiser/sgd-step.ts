/** One step of stochastic gradient descent on one parameter. */
import { add, engine, getBackend, getKernel, mul, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { assign, noteChange } from '../assign.ts';

/** A parameter and its momentum: float32, of one shape. */
export interface SgdTensors {
  /** the parameter; changed */
  readonly p: Tensor;
  /** the momentum, 0 before the first step; changed */
  readonly m: Tensor;
  /** the gradient; borrowed */
  readonly g: Tensor;
}

/** The numbers of one step. */
export interface SgdAttrs {
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** The kernel by which a backend does it in place, where there is momentum. */
export const SGD_STEP = 'Dinov2SgdStep';

/**
 * m ← μm + (g + λp); p ← p − lr·m.
 *
 * In float32, in the order in which torch rounds; by the backend's kernel if it has one. Without momentum m stays as it is.
 *
 * Source: PyTorch 2.15, `torch/optim/sgd.py`, `_single_tensor_sgd`, without dampening and Nesterov's step.
 */
export function sgdStep(tensors: SgdTensors, attrs: SgdAttrs): void {
  const { p, m, g } = tensors;
  const { learningRate, momentum, weightDecay } = attrs;
  if (momentum !== 0 && getKernel(SGD_STEP, getBackend()) != null) {
    engine().runKernel(SGD_STEP, { ...tensors }, { ...attrs });
    noteChange(p);
    return;
  }
  tidy(() => {
    const decayed = weightDecay === 0 ? g : add(g, mul(p, weightDecay));
    const velocity = momentum === 0 ? decayed : add(mul(m, momentum), decayed);
    const next = sub(p, mul(velocity, learningRate));
    if (momentum !== 0) assign(m, velocity);
    assign(p, next);
  });
}
