/** AdamW. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { adamWStep } from '../../ops/optimiser/adamw-step.ts';
import { Optimiser, type OptimiserOptions, type StepOfOne } from './optimiser.ts';

/** The numbers of AdamW. */
export interface AdamWOptions extends OptimiserOptions {
  /** default 0.9 */
  readonly beta1?: number;
  /** default 0.999 */
  readonly beta2?: number;
  /** default 1e-8 */
  readonly epsilon?: number;
}

/** Adam with decoupled weight decay and bias correction, as `torch.optim.AdamW`. */
export class AdamW extends Optimiser {
  readonly slots = ['exp_avg', 'exp_avg_sq'] as const;
  private readonly numbers: Required<Omit<AdamWOptions, keyof OptimiserOptions>>;

  /** @param parameters those of a model, by our names; borrowed, and changed in place */
  constructor(parameters: ReadonlyMap<string, Tensor>, options: AdamWOptions = {}) {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, ...others } = options;
    super(parameters, others);
    this.numbers = { beta1, beta2, epsilon };
  }

  protected update(p: Tensor, g: Tensor, [m, v]: readonly [Tensor, Tensor], step: StepOfOne): void {
    adamWStep({ p, m, v, g }, { ...this.numbers, ...step });
  }
}
