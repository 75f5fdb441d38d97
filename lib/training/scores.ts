/** The logits of a dataset. */
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { linear } from '../../ops/linear.ts';
import { headFeatures } from '../datasets/block-features.ts';
import type { DatasetItem } from '../datasets/dataset.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { pixelBatches } from './pixel-batches.ts';
import { allRows, type Rows } from './rows.ts';

/** How images are gone through. */
export interface ScoringOptions {
  readonly processor: BitImageProcessor;
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
  /** told after each batch how many images are done */
  readonly onImages?: (done: number) => void;
}

/**
 * What a head reads of every image, for training it alone.
 *
 * @throws what reading an image throws; the signal's reason
 */
export function featuresOf(
  model: Dinov2ForImageClassification,
  items: readonly DatasetItem[],
  options: ScoringOptions,
): Promise<Rows> {
  return rowsOfImages(items, options, (pixelValues) => headFeatures(model, pixelValues));
}

/**
 * The logits of every image.
 *
 * @throws what reading an image throws; the signal's reason
 */
export function scoresOf(
  model: Dinov2ForImageClassification,
  items: readonly DatasetItem[],
  options: ScoringOptions,
): Promise<Rows> {
  return rowsOfImages(items, options, (pixelValues) => {
    const output = model.forward(pixelValues, { outputHiddenStates: false, outputAttentions: false });
    const logits = output.logits.clone();
    output.dispose();
    return logits;
  });
}

/** The logits that a head gives for features. */
export async function scoresOfFeatures(
  features: Rows,
  parameters: ReadonlyMap<string, Tensor>,
): Promise<Rows> {
  const all = allRows(features);
  const bias = parameters.get('head.bias') as Tensor1D;
  const logits = linear(all, parameters.get('head.weight') as Tensor2D, { bias });
  const data = await logits.data<'float32'>();
  all.dispose();
  logits.dispose();
  return { data, dim: bias.size };
}

async function rowsOfImages(
  items: readonly DatasetItem[],
  { processor, batchSize, signal, onImages }: ScoringOptions,
  compute: (pixelValues: PixelValues) => Tensor2D,
): Promise<Rows> {
  const parts: Float32Array[] = [];
  let [dim, done] = [0, 0];
  const sizes = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, i) =>
    Math.min(batchSize, items.length - i * batchSize),
  );
  for await (const pixelValues of pixelBatches(processor, items, sizes)) {
    signal?.throwIfAborted();
    const rows = compute(pixelValues);
    dim = rows.shape[1];
    parts.push(await rows.data<'float32'>());
    done += rows.shape[0];
    rows.dispose();
    onImages?.(done);
  }
  const data = new Float32Array(items.length * dim);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { data, dim };
}
