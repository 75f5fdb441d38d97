/** Training of a head alone: its features are computed once, and the backbone is not asked again. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { registerGradients } from '../../ops/gradients/register-gradients.ts';
import { gradientsOf } from '../../ops/gradients/tape.ts';
import { linear } from '../../ops/linear.ts';
import type { Labels } from '../datasets/model-labels.ts';
import { type BatchLoss, batchLoss } from './batch-loss.ts';
import { type Rows, rowsAt } from './rows.ts';
import type { LossAndGradients, TrainingBatch, TrainingSource } from './training-source.ts';

/** The head's weights by our names. */
const HEAD = ['head.weight', 'head.bias'] as const;

/** Rows of features and their labels. */
export class FeatureSource implements TrainingSource {
  private readonly features: Rows;
  private readonly labels: Labels;
  private readonly parameters: ReadonlyMap<string, Tensor>;

  /** @param parameters those of the model, of which `head.weight` and `head.bias` are trained; borrowed */
  constructor(features: Rows, labels: Labels, parameters: ReadonlyMap<string, Tensor>) {
    this.features = features;
    this.labels = labels;
    this.parameters = parameters;
  }

  async *batches(batches: readonly (readonly number[])[]): AsyncGenerator<TrainingBatch, void> {
    await registerGradients();
    for (const indices of batches) yield { gradients: async (loss) => this.gradients(indices, loss) };
  }

  private gradients(indices: readonly number[], loss: BatchLoss): LossAndGradients {
    const features = rowsAt(this.features, indices);
    const labels = this.labels.tensor(indices);
    const [weight, bias] = HEAD.map((name) => this.parameters.get(name)) as [Tensor2D, Tensor1D];
    try {
      const { value, gradients } = gradientsOf(
        () => batchLoss(linear(features, weight, { bias }), labels, loss),
        [weight, bias],
      );
      const named = HEAD.map((name, i): [string, Tensor] => [name, gradients[i] as Tensor]);
      return { loss: value, gradients: new Map(named) };
    } finally {
      features.dispose();
      labels.dispose();
    }
  }
}
