/** One step of AdamW on one parameter. */
import {
  add,
  div,
  engine,
  getBackend,
  getKernel,
  mul,
  sqrt,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { assign, noteChange } from '../assign.ts';

/** A parameter and what AdamW keeps of it: float32, of one shape. */
export interface AdamWTensors {
  /** the parameter; changed */
  readonly p: Tensor;
  /** the moving average of gradients, 0 before the first step; changed */
  readonly m: Tensor;
  /** the moving average of their squares, 0 before the first step; changed */
  readonly v: Tensor;
  /** the gradient; borrowed */
  readonly g: Tensor;
}

/** The numbers of one step. */
export interface AdamWAttrs {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** how many steps this parameter has made with this one, from 1 */
  readonly step: number;
}

/** The kernel by which a backend does it in place. */
export const ADAMW_STEP = 'Dinov2AdamWStep';

/**
 * p ← p·(1 − lr·λ); m ← m + (1 − β₁)(g − m); v ← β₂v + (1 − β₂)g²; p ← p − lr/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε).
 *
 * In float32, in the order in which torch rounds; by the backend's kernel if it has one.
 *
 * Source: PyTorch 2.15, `torch/optim/adam.py`, `_single_tensor_adam`.
 */
export function adamWStep(tensors: AdamWTensors, attrs: AdamWAttrs): void {
  if (getKernel(ADAMW_STEP, getBackend()) != null) {
    engine().runKernel(ADAMW_STEP, { ...tensors }, { ...attrs });
    noteChange(tensors.p);
    return;
  }
  const { p, m, v, g } = tensors;
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attrs;
  tidy(() => {
    const decayed = weightDecay === 0 ? p : mul(p, 1 - learningRate * weightDecay);
    const mean = add(m, mul(sub(g, m), 1 - beta1));
    const square = add(mul(v, beta2), mul(mul(g, 1 - beta2), g));
    const size = learningRate / (1 - beta1 ** step);
    const deviation = add(div(sqrt(square), Math.sqrt(1 - beta2 ** step)), epsilon);
    const next = sub(decayed, div(mul(mean, size), deviation));
    assign(m, mean);
    assign(v, square);
    assign(p, next);
  });
}
