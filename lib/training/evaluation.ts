/** How well scores agree with labels. */
import { dispose } from '@tensorflow/tfjs-core';
import { batchLoss } from './batch-loss.ts';
import { type Rows, rowsAt } from './rows.ts';
import type { Labels } from './training-data.ts';

/** What is measured on images that were not learnt from. */
export interface Evaluation {
  /** the mean over all images */
  readonly loss: number;
  /** of single labels */
  readonly accuracy?: number;
  /** of single labels */
  readonly macroF1?: number;
}

/** @param scores the logits of every image of the labels */
export async function evaluationOf(scores: Rows, labels: Labels): Promise<Evaluation> {
  const all = Array.from({ length: labels.size }, (_, i) => i);
  const { problemType } = labels;
  const logits = rowsAt(scores, all);
  const expected = labels.tensor(all);
  const mean = batchLoss(logits, expected, { problemType, labelSmoothing: 0, count: labels.count(all) });
  const [loss = Number.NaN] = await mean.data<'float32'>();
  dispose({ logits, expected, mean });
  return { loss };
}
