/** Products of one value. */

import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { attention, FUSED_ATTENTION } from '../../ops/attention.ts';
import { FUSED_LINEAR, linear } from '../../ops/linear.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { foldConstants } from './fold-constants.ts';
import { mergeProducts } from './merge-products.ts';
import { optimise } from './optimise.ts';

let weights: [Tensor2D, Tensor2D, Tensor2D];
let biases: [Tensor1D, Tensor1D, Tensor1D];

beforeAll(async () => {
  await setDevice('cpu');
  const matrix = (rows: number, seed: number): Tensor2D =>
    tf.tensor2d(
      Float32Array.from({ length: rows * 4 }, (_, i) => Math.sin(i + seed)),
      [rows, 4],
    );
  weights = [matrix(4, 1), matrix(4, 2), matrix(4, 3)];
  biases = [tf.tensor1d([1, 2, 3, 4]), tf.tensor1d([5, 6, 7, 8]), tf.tensor1d([9, 8, 7, 6])];
});

afterAll(() => tf.dispose([weights, biases].flat()));

function linears(graph: Graph): number {
  return kernelsOf(graph).filter((kernel) => kernel === FUSED_LINEAR.name).length;
}

test('queries, keys and values of three layers become one product, with nothing between it and attention', async () => {
  const graph = await traceOf([BATCH, 5, 4], (x) => {
    const [query, key, value] = weights.map((weight, i) => {
      // no bias for the keys, as in some models
      return linear(x as Tensor3D, weight, i === 1 ? {} : { bias: biases[i] });
    }) as [Tensor3D, Tensor3D, Tensor3D];
    return attention(tf.concat([query, key, value], 2), { numHeads: 2, scale: 0.5 });
  });
  const merged = mergeProducts(graph);
  expect(linears(graph)).toBe(3);
  expect(linears(merged)).toBe(1);
  await expectEquivalent(merged, graph);
  const optimised = optimise(graph);
  expect(kernelsOf(optimised)).toEqual([FUSED_LINEAR.name, FUSED_ATTENTION.name]);
  await expectEquivalent(optimised, graph);
});

test('outputs of unequal width are taken apart where they belong', async () => {
  const wide = tf.tensor2d(new Float32Array(6 * 4).map(Math.cos), [6, 4]);
  const graph = await traceProgram(
    ({ x }) => ({
      wide: linear(x as Tensor, wide),
      narrow: linear(x as Tensor, weights[0], { bias: biases[0] }),
      again: tf.exp(linear(x as Tensor, weights[1])),
    }),
    [{ name: 'x', shape: [BATCH, 4], dtype: 'float32' }],
  );
  const merged = mergeProducts(graph);
  expect(linears(merged)).toBe(1);
  await expectEquivalent(foldConstants(merged), graph);
  wide.dispose();
});

test('products with an activation are merged among each other', async () => {
  const graph = await traceOf([BATCH, 4], (x) => {
    const [a, b, c] = weights;
    const plain = tf.add(linear(x, a), linear(x, b));
    const activated = weights.map((weight) => linear(x, weight, { activation: 'gelu' }));
    return tf.addN([plain, ...activated, linear(x, c)]);
  });
  const merged = mergeProducts(graph);
  expect(linears(graph)).toBe(6);
  expect(linears(merged)).toBe(2);
  await expectEquivalent(merged, graph);
});

test.each<[string, (x: Tensor) => Tensor]>([
  ['of several values', (x) => tf.add(linear(x, weights[0]), linear(tf.exp(x), weights[1]))],
  [
    'one of which has a residual',
    (x) => tf.add(linear(x, weights[0]), linear(x, weights[1], { residual: { input: x, scale: biases[0] } })),
  ],
  [
    'one of which has another activation',
    (x) => tf.add(linear(x, weights[0]), linear(x, weights[1], { activation: 'gelu' })),
  ],
  [
    'one of which has a weight that depends on the input',
    (x) => tf.add(linear(x, weights[0]), linear(x, tf.matMul(x as Tensor2D, x as Tensor2D, true))),
  ],
  [
    'one of which has a bias that depends on the input',
    (x) => tf.add(linear(x, weights[0]), linear(x, weights[1], { bias: tf.sum(x, 0) })),
  ],
  ['of one value, one after the other', (x) => linear(linear(x, weights[0]), weights[1])],
])('products %s stay', async (_, run) => {
  const graph = await traceOf([BATCH, 4], run);
  expect(mergeProducts(graph)).toBe(graph);
});
