/** Kernels that sum up axes, or compare along one. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { between, floats, given, type KernelCase, onOne, truths, whole } from './kernel-case.ts';

/** Over the last axis, several, none, and one from the back that stays. */
function overAxes(
  reduce: (x: Tensor, axis?: number | number[], keepDims?: boolean) => Tensor,
): (x: Tensor) => Record<string, Tensor> {
  return (x) => ({
    last: reduce(x, 2),
    several: reduce(x, [2, 1]),
    kept: reduce(x, -2, true),
    none: reduce(x, []),
    all: reduce(x),
  });
}

const REDUCTIONS = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min, prod: tf.prod };

/** The cases of this file. */
export const REDUCTION_CASES: readonly KernelCase[] = [
  ...Object.entries(REDUCTIONS).flatMap(([name, reduce]) => [
    onOne(name, between(0.5, 1.5, [3, 4]), overAxes(reduce)),
    onOne(`${name} of whole numbers`, given('int32', [1, 2, 3, -1, 1], [3, 4]), (x) => reduce(x, 1)),
  ]),
  onOne('sum of truths', truths([5]), (x) => tf.sum(x, 1)),
  onOne('mean of truths', truths([5]), (x) => tf.mean(x, 1)),
  onOne('all', given('bool', [1, 1, 1, 0, 1, 1, 1], [3, 4]), overAxes(tf.all)),
  onOne('any', given('bool', [0, 0, 0, 1, 0, 0, 0], [3, 4]), overAxes(tf.any)),
  onOne('argMax', floats([3, 4]), (x) => ({ last: tf.argMax(x, 2), middle: tf.argMax(x, -2) })),
  onOne('argMin', floats([3, 4]), (x) => ({ last: tf.argMin(x, 2), middle: tf.argMin(x, -2) })),
  onOne('the first of equal values', given('float32', [1, 5, 5, 0, 0]), (x) => ({
    largest: tf.argMax(x, 1),
    smallest: tf.argMin(x, 1),
  })),
  onOne('argMax of whole numbers', whole([6]), (x) => tf.argMax(x, 1)),
  onOne('softmax', floats([3, 4]), (x) => tf.softmax(x)),
  onOne('logSoftmax', floats([3, 4]), (x) => tf.logSoftmax(x, 2)),
  onOne('logSumExp', floats([3, 4]), (x) => tf.logSumExp(x, 1)),
];
