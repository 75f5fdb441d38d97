/** How well scores agree with labels. */
import { dispose } from '@tensorflow/tfjs-core';
import type { Labels } from '../datasets/model-labels.ts';
import { type ClassificationQuality, evaluateClassification } from '../learning/evaluate-classification.ts';
import { evaluateMultiLabel, type MultiLabelQuality } from '../learning/evaluate-multi-label.ts';
import { evaluateRegression, type RegressionQuality } from '../learning/evaluate-regression.ts';
import { batchLoss } from './batch-loss.ts';
import { type Rows, rowsAt } from './rows.ts';

/** What is measured on images that were not learnt from. */
export interface Evaluation {
  /** the mean over all images */
  readonly loss: number;
  /** by the problem type of the images */
  readonly quality: ClassificationQuality | MultiLabelQuality | RegressionQuality;
}

/**
 * Compares scores with labels; images whose label doesn't count are left out.
 *
 * @param scores the logits of every image of the labels
 * @throws OptionError if a score is no number
 */
export async function evaluationOf(scores: Rows, labels: Labels): Promise<Evaluation> {
  const counted = Array.from({ length: labels.size }, (_, i) => i).filter((i) => labels.count([i]) > 0);
  const { problemType } = labels;
  const logits = rowsAt(scores, counted);
  const expected = labels.tensor(counted);
  const mean = batchLoss(logits, expected, {
    problemType,
    labelSmoothing: 0,
    count: labels.count(counted),
  });
  const [loss = Number.NaN] = await mean.data<'float32'>();
  const [values, targets] = [Float64Array.from(await logits.data()), await expected.data()];
  dispose({ logits, expected, mean });
  return { loss, quality: qualityOf(labels, values, targets) };
}

function qualityOf(
  { problemType, numLabels }: Labels,
  values: Float64Array,
  targets: ArrayLike<number>,
): Evaluation['quality'] {
  switch (problemType) {
    case 'single_label_classification':
      return evaluateClassification(values, Int32Array.from(targets), numLabels);
    case 'multi_label_classification':
      return evaluateMultiLabel(values, targets, numLabels);
    case 'regression':
      return evaluateRegression(values, targets, numLabels);
  }
}

/** The numbers of an evaluation that are one each, by their names. */
export function figuresOf({
  loss,
  quality,
}: Evaluation): Readonly<Record<string, number>> & { readonly loss: number } {
  const single = Object.entries(quality).filter(([, value]) => typeof value === 'number');
  return { loss, ...Object.fromEntries(single) };
}
