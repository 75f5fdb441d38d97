/** The gradients of whole steps, of batches that are computed one after the other. */
import { add, type Tensor } from '@tensorflow/tfjs-core';
import type { Labels } from '../datasets/model-labels.ts';
import type { BatchLoss } from './batch-loss.ts';
import { batchRandom } from './step-random.ts';
import type { LossAndGradients, TrainingSource } from './training-source.ts';

/** A step before anything is changed. */
export interface StepGradients {
  /** the mean over the images of the step */
  readonly loss: number;
  /** by our names; owned by the caller */
  readonly gradients: Map<string, Tensor>;
  readonly numImages: number;
}

/** What the loss of a step is made of. */
interface StepOptions extends Omit<BatchLoss, 'count'> {
  readonly seed: number;
  readonly epoch: number;
  /** the number of the first step, from 0 */
  readonly firstStep: number;
}

/**
 * Goes over steps of an epoch.
 *
 * @param steps the images of each, in batches; a step without a label that counts has a loss that is NaN
 * @throws what reading an image throws
 */
export async function* stepGradients(
  source: TrainingSource,
  labels: Labels,
  steps: readonly (readonly (readonly number[])[])[],
  { seed, epoch, firstStep, ...loss }: StepOptions,
): AsyncGenerator<StepGradients, void> {
  const batches = source.batches(steps.flat(), epoch)[Symbol.asyncIterator]();
  try {
    for (const [i, step] of steps.entries()) {
      const count = labels.count(step.flat());
      const whole = { loss: 0, gradients: new Map<string, Tensor>() };
      for (let batch = 0; batch < step.length; batch++) {
        const { done, value } = await batches.next();
        if (done) throw new Error('internal: a source ended before its steps');
        const part = await value.gradients({ ...loss, count }, batchRandom(seed, firstStep + i, batch));
        whole.loss += await addTo(whole.gradients, part);
      }
      yield { ...whole, numImages: step.flat().length };
    }
  } finally {
    await batches.return?.();
  }
}

/** Adds the gradients of a part, which are disposed of or taken over; gives its loss. */
async function addTo(sums: Map<string, Tensor>, { loss, gradients }: LossAndGradients): Promise<number> {
  for (const [name, gradient] of gradients) {
    const before = sums.get(name);
    if (before === undefined) {
      sums.set(name, gradient);
      continue;
    }
    sums.set(name, add(before, gradient));
    before.dispose();
    gradient.dispose();
  }
  const [value = Number.NaN] = await loss.data<'float32'>();
  loss.dispose();
  return value;
}
