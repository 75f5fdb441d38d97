/** From images to labels. */
import { sigmoid, softmax, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import type { Runnable } from '../../graph/engines/runnable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { type OptionsOf, positiveInteger, readOptions } from '../../options/rows.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import type { ProblemType } from '../model/model-config.ts';
import { rowsOf } from './read-tensor.ts';
import { requireModel } from './require-model.ts';

/** One label of one image. */
export interface Classification {
  label: string;
  /** a probability, or the plain output where the model regresses */
  score: number;
}

/** How images are classified. */
export const CLASSIFY_OPTIONS = {
  /** how many labels to return; default 5, or all if the model has fewer */
  topK: positiveInteger({ default: 5, flag: '-k, --top-k <n>', help: 'labels for each image' }),
};

/** How images are classified. */
export interface ClassifyOptions extends OptionsOf<typeof CLASSIFY_OPTIONS> {}

/**
 * Classifies a batch of preprocessed images.
 *
 * Scores are a softmax, or a sigmoid per label for multi-label models, or the plain outputs for regression.
 * Source: transformers 5.23.0, `pipelines/image_classification.py`.
 *
 * @param model on TF.js, or compiled
 * @param pixelValues [B, C, H, W], as an image processor returns them
 * @returns for each image its labels, best first
 * @throws OptionError on a model of another class, or without labels; what `forward` throws
 */
export async function classify(
  model: Runnable<Dinov2ForImageClassification>,
  pixelValues: PixelValues,
  options: ClassifyOptions = {},
): Promise<Classification[][]> {
  const { topK } = readOptions('classify', options, CLASSIFY_OPTIONS);
  requireModel('classify', model, 'Dinov2ForImageClassification');
  const { numLabels, id2label } = model.config;
  if (numLabels === 0)
    throw new OptionError('classify: expected a model with labels, got one with numLabels 0');
  const problemType =
    model.config.problemType ??
    (numLabels === 1 ? 'multi_label_classification' : 'single_label_classification');
  const output = await model.forward(pixelValues, { outputHiddenStates: false, outputAttentions: false });
  let scores: Tensor2D;
  try {
    scores = tidy(() => scoresOf(output.logits, problemType));
  } finally {
    // not every browser knows `using`
    output.dispose();
  }
  return (await rowsOf(scores)).map((row) =>
    Array.from(row, (score, id) => ({ label: id2label[id] ?? `LABEL_${id}`, score }))
      .sort((a, b) => b.score - a.score)
      .slice(0, topK),
  );
}

function scoresOf(logits: Tensor2D, problemType: ProblemType): Tensor2D {
  if (problemType === 'single_label_classification') return softmax(logits);
  return problemType === 'regression' ? logits.clone() : sigmoid(logits);
}
