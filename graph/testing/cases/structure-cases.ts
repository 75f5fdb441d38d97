/** Kernels that move values, and compute none. */

import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { BATCH } from '../../../shapes/batch-dimension.ts';
import { floats, given, type KernelCase, onOne, onTwo, truths, whole } from './kernel-case.ts';

const X = floats([3, 4]);

function named(parts: readonly Tensor[]): Record<string, Tensor> {
  return Object.fromEntries(parts.map((part, i) => [`part ${i}`, part]));
}

const SHAPES: readonly KernelCase[] = [
  onOne('reshape', X, (x) => ({
    merged: tf.reshape(x, [-1, 4]),
    flat: tf.reshape(x, [-1]),
    split: tf.reshape(x, [x.shape[0] ?? 0, 2, 6]),
    same: tf.reshape(x, x.shape),
  })),
  onOne('expandDims and squeeze', X, (x) => ({
    front: tf.expandDims(x),
    middle: tf.expandDims(x, 1),
    back: tf.expandDims(x, -1),
    and: tf.squeeze(tf.expandDims(x, 2), [2]),
  })),
  onOne('transpose', X, (x) => ({ reversed: tf.transpose(x), some: tf.transpose(x, [0, 2, 1]) })),
  onOne('clone', X, (x) => tf.clone(x)),
  onOne('flattened to the batch and back', X, (x) => tf.reshape(tf.exp(tf.reshape(x, [-1, 4])), [-1, 3, 4])),
];

const CUTS: readonly KernelCase[] = [
  onOne('slice', X, (x) => ({
    box: tf.slice(x, [0, 1, 2], [x.shape[0] ?? 0, 2, 1]),
    rest: tf.slice(x, [0, 1, 2]),
    open: tf.slice(x, [0, 0, 1], [-1, -1, 2]),
    whole: tf.slice(x, [0, 0, 0], [-1, 3, 4]),
    first: tf.slice(x, 0, 1),
  })),
  onOne('slice of whole numbers', whole([5]), (x) => tf.slice(x, [0, 1], [-1, 3])),
  onOne('the second half of what is twice the batch', X, (x) => {
    const [B = 0] = x.shape;
    return tf.slice(tf.concat([x, tf.neg(x)], 0), [B, 0, 0], [B, -1, -1]);
  }),
  onOne('stridedSlice in steps of one', X, (x) => ({
    box: tf.stridedSlice(x, [0, 1, 1], [x.shape[0] ?? 0, 3, 3], [1, 1, 1]),
    shrunk: tf.stridedSlice(x, [0, 1, 0], [1, 2, 4], [1, 1, 1], 1, 1 | 4, 0, 0, 2),
    widened: tf.stridedSlice(x, [0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], 15, 15, 0, 2),
    whole: tf.stridedSlice(x, [0, 0, 0], [0, 0, 0], [1, 1, 1], 7, 7),
  })),
  onOne('split', X, (x) => ({
    ...named(tf.split(x, 2, -1)),
    ...Object.fromEntries(tf.split(x, [1, -1], 1).map((part, i) => [`uneven ${i}`, part])),
  })),
  onOne('unstack', X, (x) => named(tf.unstack(x, 1))),
  onOne('reverse', X, (x) => ({ last: tf.reverse(x, -1), two: tf.reverse(x, [1, 2]), all: tf.reverse(x) })),
  onOne('gather', X, (x) => ({
    last: tf.gather(x, tf.tensor1d([3, 0, 0], 'int32'), -1),
    table: tf.gather(x, tf.tensor2d([2, 0, 1, 1], [2, 2], 'int32'), 1),
  })),
  onOne('rows of a table', given('int32', [0, 2, 1]), (indices) =>
    tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), indices as Tensor2D),
  ),
];

const JOINS: readonly KernelCase[] = [
  onOne('concat', X, (x) => ({
    last: tf.concat([x, tf.exp(x)], -1),
    batch: tf.concat([x, x, tf.exp(x)], 0),
    one: tf.concat([x], 1),
  })),
  onTwo('concat of unequal parts', X, floats([2, 4], 2), (a, b) => tf.concat([a, b, a], 1)),
  onTwo('concat of truths', truths([3]), truths([2], 2), (a, b) => tf.concat([a, b], 1)),
  onOne('twelve parts in order', floats([1]), (x) =>
    tf.concat(
      Array.from({ length: 12 }, (_, i) => tf.add(x, i)),
      1,
    ),
  ),
  onOne('stack', X, (x) => ({ front: tf.stack([x, tf.neg(x)]), back: tf.stack([x, tf.neg(x)], -1) })),
  onOne('tile', X, (x) => ({
    some: tf.tile(x, [1, 2, 3]),
    batch: tf.tile(x, [2, 1, 1]),
    none: tf.tile(x, [1, 1, 1]),
    stretched: tf.tile(tf.slice(x, [0, 0, 0], [-1, 1, 4]), [1, 5, 1]),
  })),
  onOne('one slice for each image', X, (x) => tf.tile(tf.ones([1, 2]), [x.shape[0] ?? 0, 1])),
  onOne('broadcastTo', floats([1, 4]), (x) => tf.broadcastTo(x, [x.shape[0] ?? 0, 3, 4])),
  onOne('pad', X, (x) => ({
    zeros: tf.pad(x, [
      [0, 0],
      [1, 0],
      [2, 3],
    ]),
    others: tf.pad(
      x,
      [
        [0, 0],
        [0, 1],
        [1, 1],
      ],
      -1.5,
    ),
  })),
  onOne('pad of whole numbers', whole([3]), (x) =>
    tf.pad2d(
      x as Tensor2D,
      [
        [0, 0],
        [1, 2],
      ],
      7,
    ),
  ),
  onOne('pad of truths', truths([3]), (x) =>
    tf.pad2d(x as Tensor2D, [
      [0, 0],
      [1, 2],
    ]),
  ),
  onOne('zerosLike and onesLike', X, (x) => ({
    zeros: tf.zerosLike(x),
    ones: tf.onesLike(x),
    sum: tf.add(x, tf.onesLike(x)),
  })),
];

const PARTS_OF_THE_BATCH: readonly KernelCase[] = [
  {
    name: 'an input that is longer than the batch',
    inputs: {
      x: { shape: [{ perBatch: 2, plus: 1 }, 3], dtype: 'float32', at: (i) => i / 7 },
      y: { shape: [3, BATCH], dtype: 'float32', at: (i) => -i / 3 },
    },
    program: ({ x, y }) => ({
      product: tf.matMul(x as Tensor2D, y as Tensor2D),
      tiled: tf.tile(tf.zeros([1, 2]), [y?.shape[1] ?? 0, 1]),
    }),
  },
  onOne('the batch behind another axis', X, (x) => tf.sum(tf.transpose(x as Tensor3D, [1, 0, 2]), 0)),
];

/** The cases of this file. */
export const STRUCTURE_CASES: readonly KernelCase[] = [...SHAPES, ...CUTS, ...JOINS, ...PARTS_OF_THE_BATCH];
