/** How good a classifier is on a dataset. */

import { DatasetError } from '../../errors/errors.ts';
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
import { type FailedImage, failedImages } from './failed-images.ts';
import { Labels } from './model-labels.ts';

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
  readonly failed: readonly FailedImage[];
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
 * @param dataset its classes are labels of the model, in whichever order; images with the label −100 are left out
 * @throws DatasetError if a class is none of the model's labels, a label is no class, or no image can be read; OptionError; the signal's reason
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
  const { numLabels, id2label } = model.config;
  const labels = new Labels(where, dataset, { numLabels, id2label });
  const scores: number[] = [];
  const targets: number[] = [];
  const { failed, leftOut } = failedImages(onError);
  let images = 0;
  for await (const batch of imageBatches(items, { ...settings, processor, leftOut })) {
    settings.signal?.throwIfAborted();
    const output = await model.forward(batch.pixelValues, {
      outputHiddenStates: false,
      outputAttentions: false,
    });
    try {
      const logits = await readFloat32(output.logits);
      for (const [row, { index }] of batch.images.entries()) {
        if (labels.count([index]) === 0) continue;
        scores.push(...logits.subarray(row * numLabels, (row + 1) * numLabels));
        targets.push(...labels.target(index));
      }
    } finally {
      output.dispose();
    }
    images += batch.images.length;
    onImage?.(images + failed.length, items.length);
  }
  if (images === 0)
    throw new DatasetError(`${where}: expected images that can be read, got none of ${items.length}`);
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
