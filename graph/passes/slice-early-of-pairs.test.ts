/** Leaving tokens out early, on programs of a few operations. */

import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { attention } from '../../ops/attention.ts';
import { linear } from '../../ops/linear.ts';
import { siluGate } from '../../ops/silu-gate.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { sliceEarly } from './slice-early.ts';

let weight: Tensor2D;
let row: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  weight = tf.tensor2d(new Float32Array(36).map(Math.sin), [6, 6]);
  row = tf.tensor1d(new Float32Array(6).map(Math.cos));
});

afterAll(() => tf.dispose([weight, row]));

const X = [BATCH, 5, 6] as const;

function tokens(x: Tensor, begin: number, length: number): Tensor {
  return tf.slice(x, [0, begin, 0], [-1, length, -1]);
}

/** How many tokens the operations of a kernel compute. */
function lengthsOf(graph: Graph, kernel: string): unknown[] {
  return operationsOf(graph).flatMap((operation) =>
    operation.kernel === kernel ? [operation.shape[1]] : [],
  );
}

test.each<[string, (x: Tensor) => Tensor, string, number]>([
  ['a sum with a row for every token', (x) => tf.add(x, row), 'Add', 2],
  ['a sum with one number', (x) => tf.add(x, tf.scalar(3)), 'Add', 2],
  ['a sum with one token for all', (x) => tf.add(x, tf.reshape(row, [1, 1, 6])), 'Add', 2],
  ['a sum with a matrix of one row', (x) => tf.add(x, tf.reshape(row, [1, 6])), 'Add', 2],
  ['a sum with a token for each', (x) => tf.add(x, tf.ones([1, 5, 6])), 'Add', 2],
  [
    'a product with a number for each token',
    (x) => tf.mul(x, tf.tensor3d([1, 2, 3, 4, 5], [1, 5, 1])),
    'Multiply',
    2,
  ],
  ['a difference, the other way round', (x) => tf.sub(row, x), 'Sub', 2],
  ['one token stretched to many', (x) => tf.sub(tf.sum(x, 1, true), tf.ones([1, 5, 6])), 'Sub', 2],
  [
    'a linear layer with a residual',
    (x) => linear(x, weight, { residual: { input: x, scale: row } }),
    'Dinov2FusedLinear',
    2,
  ],
  ['a gate', (x) => siluGate(x), 'Dinov2FusedSiluGate', 2],
])('%s is computed for two tokens', async (_, run, kernel, length) => {
  const graph = await traceOf(X, (x) => tokens(run(x), 1, 2));
  const result = sliceEarly(graph);
  expect(lengthsOf(result, kernel)).toEqual([length]);
  await expectEquivalent(result, graph);
});

test.each<[string, (x: Tensor) => Tensor]>([
  ['a sum with a matrix that has a row for each token', (x) => tokens(tf.add(x, tf.ones([5, 6])), 1, 2)],
  ['a sum that is sliced along another axis', (x) => tf.slice(tf.add(x, row), [0, 0, 1], [-1, -1, 2])],
  ['a sum that is sliced along two axes', (x) => tf.slice(tf.add(x, row), [0, 0, 1], [-1, 1, 2])],
  ['a softmax', (x) => tokens(tf.softmax(x), 0, 1)],
  [
    'a sum of which two uses need different tokens',
    (x) => {
      const sum = tf.add(x, row);
      return tf.concat([tokens(sum, 0, 1), tokens(sum, 1, 1)], 1);
    },
  ],
  [
    'a sum that is needed as a whole too',
    (x) => {
      const sum = tf.add(x, row);
      return tf.mul(sum, tokens(sum, 0, 1));
    },
  ],
])('%s stays', async (_, run) => {
  const graph = await traceOf(X, run);
  const result = sliceEarly(graph);
  expect(kernelsOf(result)).toEqual(kernelsOf(graph));
  expect(operationsOf(result).map(({ shape }) => shape)).toEqual(
    operationsOf(graph).map(({ shape }) => shape),
  );
});

test.each<[string, number, Tensor3D['shape'] | undefined, number | undefined]>([
  ['of the first tokens', 0, undefined, 2],
  ['of the first tokens under a mask of keys', 0, [1, 1, 5], 2],
  ['of the first tokens under a mask of queries', 0, [1, 5, 5], undefined],
  ['of later tokens', 2, undefined, undefined],
])('attention %s', async (_, begin, maskShape, numQueries) => {
  const mask =
    maskShape &&
    tf.tensor4d(new Float32Array(tf.util.sizeFromShape(maskShape)).map(Math.sin), [1, ...maskShape]);
  const graph = await traceOf(X, (x) =>
    tokens(attention(x as Tensor3D, { numHeads: 1, scale: 0.5, mask }), begin, 2),
  );
  const result = sliceEarly(graph);
  const found = operationsOf(result).find(({ kernel }) => kernel === 'Dinov2FusedAttention');
  expect(found?.attributes.numQueries).toBe(numQueries);
  await expectEquivalent(result, graph);
  mask?.dispose();
});
