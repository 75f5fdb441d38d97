/** The factor of attention's scores. */

import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { attention, FUSED_ATTENTION } from '../../ops/attention.ts';
import { FUSED_LINEAR, linear } from '../../ops/linear.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { foldAttentionScale } from './fold-attention-scale.ts';
import { foldConstants } from './fold-constants.ts';

const ATTENTION = { numHeads: 2, scale: 0.25 };

let weight: Tensor2D;
let bias: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  weight = tf.tensor2d(new Float32Array(24 * 4).map(Math.sin), [24, 4]);
  bias = tf.tensor1d(new Float32Array(24).map(Math.cos));
});

afterAll(() => tf.dispose([weight, bias]));

function scalesOf(graph: Graph): unknown[] {
  return operationsOf(graph).flatMap(({ kernel, attributes }) =>
    kernel === FUSED_ATTENTION.name ? [attributes.scale] : [],
  );
}

test.each([true, false])('goes into the weight of the queries (with a bias: %s)', async (biased) => {
  const graph = await traceOf([BATCH, 5, 4], (x) =>
    attention(linear(x as Tensor3D, weight, biased ? { bias } : {}), ATTENTION),
  );
  const result = foldConstants(foldAttentionScale(graph));
  expect(kernelsOf(result)).toEqual([FUSED_LINEAR.name, FUSED_ATTENTION.name]);
  expect(scalesOf(result)).toEqual([1]);
  await expectEquivalent(result, graph);
});

test('goes there under a mask too', async () => {
  const mask = tf.tensor4d([0, 0, -5, 0, 0], [1, 1, 1, 5]);
  const graph = await traceOf([BATCH, 5, 4], (x) =>
    attention(linear(x as Tensor3D, weight, { bias }), { ...ATTENTION, mask }),
  );
  const result = foldAttentionScale(graph);
  expect(scalesOf(result)).toEqual([1]);
  await expectEquivalent(result, graph);
  mask.dispose();
});

test('a factor of 1 stays', async () => {
  const graph = await traceOf([BATCH, 5, 4], (x) =>
    attention(linear(x as Tensor3D, weight), { ...ATTENTION, scale: 1 }),
  );
  expect(foldAttentionScale(graph)).toBe(graph);
});

test('stays where something else takes the queries', async () => {
  const graph = await traceProgram(
    ({ x }) => {
      const qkv = linear(x as Tensor3D, weight);
      return { qkv, y: attention(qkv, ATTENTION) };
    },
    [{ name: 'x', shape: [BATCH, 5, 4], dtype: 'float32' }],
  );
  expect(foldAttentionScale(graph)).toBe(graph);
});

test.each<[string, (x: Tensor3D) => Tensor3D]>([
  ['there is no product', (x) => tf.concat([x, x, x, x, x, x], 2)],
  ['an activation stands between', (x) => linear(x, weight, { activation: 'gelu' })],
  [
    'a residual stands between',
    (x) => linear(x, weight, { residual: { input: tf.zeros([1, 1, 24]), scale: bias } }),
  ],
  ['the weight depends on the input', (x) => linear(x, tf.mul(weight, tf.sum(x)) as Tensor2D)],
  ['the bias depends on the input', (x) => linear(x, weight, { bias: tf.mul(bias, tf.sum(x)) as Tensor1D })],
])('stays where %s', async (_, project) => {
  const graph = await traceOf([BATCH, 5, 4], (x: Tensor) => attention(project(x as Tensor3D), ATTENTION));
  expect(foldAttentionScale(graph)).toBe(graph);
});
