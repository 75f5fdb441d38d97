/** The part of a step's loss that some of its images have. */
import {
  add,
  cast,
  div,
  logSoftmax,
  mul,
  neg,
  notEqual,
  oneHot,
  relu,
  reshape,
  type Scalar,
  squaredDifference,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { binaryCrossEntropies, IGNORED_LABEL } from '../heads/linear/loss.ts';
import type { ProblemType } from '../model/model-config.ts';

/** What a loss is made of beside logits and labels. */
export interface BatchLoss {
  readonly problemType: ProblemType;
  /** ε: so much of a label is spread over all, of `single_label_classification`; 0 for none */
  readonly labelSmoothing: number;
  /** what the sum is divided by: how many terms the whole step has, whatever it is divided into */
  readonly count: number;
}

/**
 * The sum of losses divided by how many the whole step has, so that the losses of its parts, and their gradients, add up to the mean of
 * all. transformers does so for single labels alone; its other losses grow with the number of parts.
 *
 * Source: transformers 5.23.0, `loss_utils.py`, and `LabelSmoother` of `trainer_pt_utils.py`.
 *
 * @param logits [B, labels]; borrowed
 * @param labels [B] int32 for single labels, −100 left out; [B, labels] float32 for all others; borrowed
 * @returns a scalar, owned by the caller
 */
export function batchLoss(logits: Tensor2D, labels: Tensor, loss: BatchLoss): Scalar {
  return tidy(() => div(lossSum(logits, labels, loss), loss.count) as Scalar);
}

function lossSum(logits: Tensor2D, labels: Tensor, { problemType, labelSmoothing }: BatchLoss): Tensor {
  switch (problemType) {
    case 'regression':
      return sum(squaredDifference(logits, labels));
    case 'multi_label_classification':
      return sum(binaryCrossEntropies(logits, labels));
    case 'single_label_classification':
      return neg(sum(mul(logSoftmax(logits), targets(labels as Tensor1D, logits.shape[1], labelSmoothing))));
  }
}

/** @returns [B, n]: 1 − ε at the label and ε/n everywhere; 0 in the rows that are left out */
function targets(labels: Tensor1D, n: number, smoothing: number): Tensor {
  const counted = reshape(cast(notEqual(labels, IGNORED_LABEL), 'float32'), [-1, 1]);
  const chosen = cast(oneHot(relu(labels), n), 'float32');
  return mul(counted, add(mul(chosen, 1 - smoothing), smoothing / n));
}
