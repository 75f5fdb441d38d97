/** Stochastic gradient descent. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { sgdStep } from '../../ops/optimiser/sgd-step.ts';
import { Optimiser, type OptimiserOptions, type StepOfOne } from './optimiser.ts';

/** The numbers of stochastic gradient descent. */
export interface SgdOptions extends OptimiserOptions {
  /** default 0.9 */
  readonly momentum?: number;
}

/** Gradient descent with momentum, as `torch.optim.SGD`; decay is part of the gradient. */
export class SGD extends Optimiser {
  readonly slots = ['momentum_buffer'] as const;
  private readonly momentum: number;

  /** @param parameters those of a model, by our names; borrowed, and changed in place */
  constructor(parameters: ReadonlyMap<string, Tensor>, options: SgdOptions = {}) {
    const { momentum = 0.9, ...others } = options;
    super(parameters, others);
    this.momentum = momentum;
  }

  protected update(p: Tensor, g: Tensor, [m]: readonly [Tensor], step: StepOfOne): void {
    sgdStep({ p, m, g }, { ...step, momentum: this.momentum });
  }
}
