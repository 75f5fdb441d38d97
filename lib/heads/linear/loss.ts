/** The losses of a classifier. */
import {
  abs,
  add,
  cast,
  div,
  exp,
  log1p,
  logSoftmax,
  mean,
  mul,
  neg,
  notEqual,
  oneHot,
  relu,
  reshape,
  squaredDifference,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { ShapeError } from '../../../errors/errors.ts';
import { elementCount } from '../../../shapes/element-count.ts';
import type { ProblemType } from '../../model/model-config.ts';

/** The label that cross-entropy leaves out. */
export const IGNORED_LABEL = -100;

/**
 * The problem type that labels stand for, where the configuration names none.
 *
 * Unlike transformers, the decision is not written into the configuration.
 */
export function inferProblemType(labels: Tensor, numLabels: number): ProblemType {
  if (numLabels === 1) return 'regression';
  return labels.dtype === 'int32' ? 'single_label_classification' : 'multi_label_classification';
}

/**
 * Mean squared error, cross-entropy or binary cross-entropy, as the problem type says.
 *
 * Source: transformers 5.23.0, `loss_utils.py`, `ForSequenceClassificationLoss`.
 *
 * @param logits [B, labels]
 * @param labels regression: as many values as logits; single label: [B] int32, −100 left out; multi label: [B, labels]
 * @returns a scalar, owned by the caller
 * @throws ShapeError if the labels don't fit
 */
export function classificationLoss(logits: Tensor2D, labels: Tensor, problemType: ProblemType): Tensor {
  switch (problemType) {
    case 'regression':
      return meanSquaredError(logits, labels);
    case 'single_label_classification':
      return crossEntropy(logits, labels);
    case 'multi_label_classification':
      return binaryCrossEntropy(logits, labels);
  }
}

function requireSize(problemType: ProblemType, labels: Tensor, shape: readonly number[]): void {
  if (labels.size !== elementCount(shape)) {
    throw new ShapeError(
      `loss: labels of ${problemType} must be [${shape.join(', ')}], got [${labels.shape.join(', ')}]`,
    );
  }
}

function meanSquaredError(logits: Tensor2D, labels: Tensor): Tensor {
  requireSize('regression', labels, logits.shape);
  return tidy(() => mean(squaredDifference(logits, reshape(cast(labels, 'float32'), logits.shape))));
}

function crossEntropy(logits: Tensor2D, labels: Tensor): Tensor {
  const [B, numLabels] = logits.shape;
  requireSize('single_label_classification', labels, [B]);
  if (labels.dtype !== 'int32') {
    throw new ShapeError(`loss: labels of single_label_classification must be int32, got ${labels.dtype}`);
  }
  const values = labels.dataSync<'int32'>();
  for (const label of values) {
    if (label !== IGNORED_LABEL && (label < 0 || label >= numLabels)) {
      throw new ShapeError(
        `loss: labels must be from 0 to ${numLabels - 1}, or ${IGNORED_LABEL}, got ${label}`,
      );
    }
  }
  return tidy(() => {
    // not the caller's tensor: what a GPU has computed with can't be read at once any more
    const flat = tensor1d(values, 'int32');
    const counted = cast(notEqual(flat, IGNORED_LABEL), 'float32');
    const chosen = sum(mul(logSoftmax(logits), oneHot(relu(flat), numLabels)), -1);
    return neg(div(sum(mul(chosen, counted)), sum(counted)));
  });
}

function binaryCrossEntropy(logits: Tensor2D, labels: Tensor): Tensor {
  requireSize('multi_label_classification', labels, logits.shape);
  return tidy(() => mean(binaryCrossEntropies(logits, reshape(cast(labels, 'float32'), logits.shape))));
}

/**
 * The binary cross-entropy of each logit x with its target y: max(x, 0) − x·y + log(1 + e^−|x|), the form that can't overflow.
 *
 * @param logits any shape; borrowed
 * @param targets of the same shape, float32; borrowed
 * @returns of that shape, owned by the caller
 */
export function binaryCrossEntropies(logits: Tensor, targets: Tensor): Tensor {
  return tidy(() => add(sub(relu(logits), mul(logits, targets)), log1p(exp(neg(abs(logits))))));
}
