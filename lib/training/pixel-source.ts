/** Training on images: they are read, and changed at random, for each epoch anew. */
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { type NamedImage, preprocessAhead } from '../../images/preprocess-ahead.ts';
import { stackPixelValues } from '../../images/stack-pixel-values.ts';
import type { UniformSource } from '../../layers/uniform-source.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { augmentedImage, withoutResizing } from './augmented-image.ts';
import { type BatchLoss, batchLoss } from './batch-loss.ts';
import { generatorFor } from './step-random.ts';
import type { Augmentation } from './train-options.ts';
import type { Labels, TrainingItem } from './training-data.ts';
import type { LossAndGradients, TrainingBatch, TrainingSource } from './training-source.ts';
import { valueAndGradients } from './value-and-gradients.ts';

/** How images are read for training. */
interface PixelSourceOptions {
  readonly processor: BitImageProcessor;
  readonly augment: Augmentation;
  readonly seed: number;
}

/** Images and their labels, for a model of which any part is trained. */
export class PixelSource implements TrainingSource {
  private readonly model: Dinov2ForImageClassification;
  private readonly items: readonly TrainingItem[];
  private readonly labels: Labels;
  private readonly options: PixelSourceOptions;

  constructor(
    model: Dinov2ForImageClassification,
    items: readonly TrainingItem[],
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
    const plain = batches.flat().map((index) => ({ ...(this.items[index] as TrainingItem), index }));
    const changed = function* (): Generator<NamedImage, void> {
      for (const { index, ...item } of plain) {
        const random = generatorFor(seed, `epoch ${epoch} image ${index}`);
        yield { ...item, image: augmentedImage(item, processor, augment, random) };
      }
    };
    const sizes = batches.map(({ length }) => length);
    const ready =
      augment === 'none'
        ? pixelBatches(processor, plain, sizes)
        : pixelBatches(withoutResizing(processor), changed(), sizes);
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

/**
 * Reads and prepares images ahead of what is asked for, and puts them together.
 *
 * @param sizes how many images each batch has
 * @throws what reading an image throws
 */
export async function* pixelBatches(
  processor: Pick<BitImageProcessor, 'preprocess'>,
  items: Iterable<NamedImage>,
  sizes: readonly number[],
): AsyncGenerator<PixelValues, void> {
  const ahead = preprocessAhead(processor, items, Math.max(...sizes) + 3);
  let ready: PixelValues[] = [];
  let batch = 0;
  for await (const { pixelValues } of ahead) {
    ready.push(await pixelValues);
    if (ready.length < (sizes[batch] ?? 0)) continue;
    yield stackPixelValues(ready);
    ready = [];
    batch += 1;
  }
}
