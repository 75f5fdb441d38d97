/** How good a classifier is on a dataset. */
import { DatasetError, Dinov2Error, OptionError } from '../../errors/errors.ts';
import type { Runnable } from '../../graph/engines/runnable.ts';
import { type OptionsOf, readOptions } from '../../options/rows.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { type ClassificationQuality, evaluateClassification } from '../learning/evaluate-classification.ts';
import { evaluateMultiLabel, type MultiLabelQuality } from '../learning/evaluate-multi-label.ts';
import { evaluateRegression, type RegressionQuality } from '../learning/evaluate-regression.ts';
import { imageBatches } from '../tasks/image-batches.ts';
import { missingProcessor } from '../tasks/over-images.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import { requireModel } from '../tasks/require-model.ts';
import type { Dataset } from './dataset.ts';
import { FEATURES_OPTIONS } from './dataset-features.ts';

const { processor, batchSize, onError, onImage, signal, fetch } = FEATURES_OPTIONS;

/** How the images of a dataset are gone through. */
export const EVALUATE_OPTIONS = { processor, batchSize, onError, onImage, signal, fetch };

/** How the images of a dataset are gone through. */
export interface EvaluateOptions extends OptionsOf<typeof EVALUATE_OPTIONS> {}

/** How good a model is, by what the labels are: one of the three is there. */
export interface DatasetEvaluation {
  /** how many images could be read */
  readonly images: number;
  /** the images that could not be read, and why */
  readonly failed: readonly { readonly name: string; readonly error: string }[];
  /** by the labels of the model, in their order */
  readonly classification?: ClassificationQuality;
  /** the same of images with several labels, which logits above 0 say */
  readonly multiLabel?: MultiLabelQuality;
  readonly regression?: RegressionQuality;
}

/**
 * Compares the logits of a classifier with the labels of a dataset.
 *
 * @param model on TF.js, or compiled
 * @param dataset its classes are labels of the model, in whichever order
 * @throws DatasetError if a class is none of the model's labels, or no image can be read; OptionError; the signal's reason
 */
export async function evaluateDataset(
  model: Runnable<Dinov2ForImageClassification>,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<DatasetEvaluation> {
  const where = 'evaluateDataset';
  const { processor, onError, onImage, ...settings } = readOptions(where, options, EVALUATE_OPTIONS);
  requireModel(where, model, 'Dinov2ForImageClassification');
  if (processor === undefined) throw missingProcessor(where, 'a model that is loaded');
  const { items, problemType } = dataset;
  const targetOf = targetsOf(where, dataset, model.config);
  const scores: number[] = [];
  const targets: number[] = [];
  const failed: { name: string; error: string }[] = [];
  const leftOut = (error: unknown, name: string): void => {
    if (!(error instanceof Dinov2Error)) throw error;
    failed.push({ name, error: error.message });
    onError?.(error, name);
  };
  let images = 0;
  for await (const batch of imageBatches(items, { ...settings, processor, leftOut })) {
    settings.signal?.throwIfAborted();
    const output = await model.forward(batch.pixelValues, {
      outputHiddenStates: false,
      outputAttentions: false,
    });
    try {
      for (const score of await readFloat32(output.logits)) scores.push(score);
    } finally {
      output.dispose();
    }
    for (const { index } of batch.images) targets.push(...targetOf(index));
    images += batch.images.length;
    onImage?.(images + failed.length, items.length);
  }
  if (images === 0)
    throw new DatasetError(`${where}: expected images that can be read, got none of ${items.length}`);
  const { numLabels } = model.config;
  const logits = Float64Array.from(scores);
  switch (problemType) {
    case 'single_label_classification':
      return {
        images,
        failed,
        classification: evaluateClassification(logits, Int32Array.from(targets), numLabels),
      };
    case 'multi_label_classification':
      return { images, failed, multiLabel: evaluateMultiLabel(logits, targets, numLabels) };
    case 'regression':
      return { images, failed, regression: evaluateRegression(logits, targets, numLabels) };
  }
}

/** What the logits of an item should say, by the numbers that the model has for the classes. */
function targetsOf(
  where: string,
  { items, classes, problemType }: Dataset,
  { id2label, numLabels }: Dinov2ForImageClassification['config'],
): (index: number) => number[] {
  const labels = Object.values(id2label);
  if (problemType === 'regression') {
    if (numLabels === 1) return (index) => [items[index]?.label ?? Number.NaN].flat();
    throw new OptionError(`${where}: expected a model with one output for a regression, got ${numLabels}`);
  }
  const ids = classes.map((name) => {
    const id = labels.indexOf(name);
    if (id >= 0) return id;
    const known = labels.slice(0, 10).join(', ');
    throw new DatasetError(`${where}: expected classes among the labels of the model, ${known}, got ${name}`);
  });
  return (index) => {
    const label = items[index]?.label ?? Number.NaN;
    if (typeof label === 'number') return [ids[label] ?? Number.NaN];
    const target = new Array<number>(numLabels).fill(0);
    for (const [i, present] of label.entries()) target[ids[i] ?? 0] = present;
    return target;
  };
}
