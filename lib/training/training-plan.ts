/** How many steps a training has, and which images are in which. */
import { TorchGenerator } from '../../random/torch-generator.ts';
import { warmupSteps } from './learning-rate.ts';

/** What the number of steps depends on. */
interface PlanOptions {
  readonly epochs: number;
  readonly maxSteps?: number;
  readonly batchSize: number;
  readonly accumulate: number;
  readonly warmup: number;
  readonly seed: number;
}

/** The steps of a training. */
export class TrainingPlan {
  readonly numImages: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly epochs: number;
  readonly warmupSteps: number;
  private readonly options: PlanOptions;

  /** Source: transformers 5.23.0, `Trainer.set_initial_training_values`; the last step of an epoch may be of fewer images. */
  constructor(numImages: number, options: PlanOptions) {
    const { batchSize, accumulate, epochs, maxSteps, warmup } = options;
    this.numImages = numImages;
    this.options = options;
    this.stepsPerEpoch = Math.ceil(Math.ceil(numImages / batchSize) / accumulate);
    this.totalSteps = maxSteps ?? epochs * this.stepsPerEpoch;
    this.epochs = Math.ceil(this.totalSteps / this.stepsPerEpoch);
    this.warmupSteps = warmupSteps(warmup, this.totalSteps);
  }

  /**
   * The images of each step of an epoch, as batches that are computed one after the other.
   *
   * The order is that of transformers' Trainer: torch's `randperm` from the seed plus the epoch.
   */
  epoch(epoch: number): number[][][] {
    const { seed, batchSize, accumulate } = this.options;
    const order = [...new TorchGenerator(seed + epoch).randperm(this.numImages)];
    return chunks(chunks(order, batchSize), accumulate);
  }

  /** Which epoch a step is in, from 0, and which of its steps it is. */
  place(step: number): { epoch: number; within: number } {
    const epoch = Math.floor(step / this.stepsPerEpoch);
    return { epoch, within: step - epoch * this.stepsPerEpoch };
  }

  /** How many images of an epoch its first steps have. */
  imagesIn(steps: number): number {
    return Math.min(this.numImages, steps * this.options.batchSize * this.options.accumulate);
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
