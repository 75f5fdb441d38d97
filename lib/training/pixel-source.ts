/** Training on images: they are read, and changed at random, for each epoch anew. */
import type { AugmentOptions } from '../../images/augment/augment.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { NamedImage } from '../../images/preprocess-ahead.ts';
import type { UniformSource } from '../../layers/uniform-source.ts';
import type { DatasetItem } from '../datasets/dataset.ts';
import type { Labels } from '../datasets/model-labels.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { valueAndGradients } from '../gradients/value-and-gradients.ts';
import { augmentedImage, withoutResizing } from './augmented-image.ts';
import { type BatchLoss, batchLoss } from './batch-loss.ts';
import { pixelBatches } from './pixel-batches.ts';
import { generatorFor } from './step-random.ts';
import type { LossAndGradients, TrainingBatch, TrainingSource } from './training-source.ts';

/** How images are read for training. */
interface PixelSourceOptions {
  readonly processor: BitImageProcessor;
  /** undefined: they are not changed */
  readonly augment: AugmentOptions | undefined;
  readonly seed: number;
}

/** Images and their labels, for a model of which any part is trained. */
export class PixelSource implements TrainingSource {
  private readonly model: Dinov2ForImageClassification;
  private readonly items: readonly DatasetItem[];
  private readonly labels: Labels;
  private readonly options: PixelSourceOptions;

  constructor(
    model: Dinov2ForImageClassification,
    items: readonly DatasetItem[],
    labels: Labels,
    options: PixelSourceOptions,
  ) {
    this.model = model;
    this.items = items;
    this.labels = labels;
    this.options = options;
  }

  async *batches(
    batches: readonly (readonly number[])[],
    epoch: number,
  ): AsyncGenerator<TrainingBatch, void> {
    const { processor, augment, seed } = this.options;
    const plain = batches.flat().map((index) => ({ ...(this.items[index] as DatasetItem), index }));
    const changed = function* (options: AugmentOptions): Generator<NamedImage, void> {
      for (const { index, ...item } of plain) {
        const random = generatorFor(seed, `epoch ${epoch} image ${index}`);
        yield { ...item, image: augmentedImage(item, random, processor, options) };
      }
    };
    const sizes = batches.map(({ length }) => length);
    const ready =
      augment === undefined
        ? pixelBatches(processor, plain, sizes)
        : pixelBatches(withoutResizing(processor), changed(augment), sizes);
    let next = 0;
    for await (const pixelValues of ready) {
      const indices = batches[next++] ?? [];
      yield { gradients: (loss, random) => this.gradients(pixelValues, indices, loss, random) };
    }
  }

  private async gradients(
    pixelValues: PixelValues,
    indices: readonly number[],
    loss: BatchLoss,
    training: UniformSource,
  ): Promise<LossAndGradients> {
    const labels = this.labels.tensor(indices);
    try {
      const { output, ...found } = await valueAndGradients(this.model, pixelValues, {
        training,
        outputHiddenStates: false,
        outputAttentions: false,
        loss: ({ logits }) => batchLoss(logits, labels, loss),
      });
      output.dispose();
      return found;
    } finally {
      labels.dispose();
    }
  }
}
