/** Layer scale. */

import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { FUSED_LINEAR, type LinearOptions, linear } from '../../ops/linear.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { foldConstants } from './fold-constants.ts';
import { foldLayerScale } from './fold-layer-scale.ts';
import { rewrite } from './rewrite.ts';

let weight: Tensor2D;
let row: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  weight = tf.tensor2d(new Float32Array(9).map(Math.sin), [3, 3]);
  row = tf.tensor1d([0.5, -2, 3]);
});

afterAll(() => tf.dispose([weight, row]));

function scaled(options: LinearOptions = {}): Promise<Graph> {
  return traceOf([BATCH, 2, 3], (x) =>
    linear(x, weight, { residual: { input: tf.neg(x), scale: row }, ...options }),
  );
}

test.each([
  ['with a bias', () => scaled({ bias: row })],
  ['without a bias', () => scaled()],
])('goes into the weight %s', async (_, trace) => {
  const graph = await trace();
  const result = foldConstants(foldLayerScale(graph));
  expect(kernelsOf(result)).toEqual(['Neg', FUSED_LINEAR.name, 'Add']);
  const linear = [...result.outputs.values()][0];
  expect(linear).toMatchObject({ inputs: { b: { inputs: { weight: { kind: 'constant' } } } } });
  await expectEquivalent(result, graph);
});

test('stays where an activation stands between', async () => {
  const graph = rewrite(await scaled(), (each) =>
    each.kernel === FUSED_LINEAR.name ? { ...each, attributes: { activation: 'gelu' } } : each,
  );
  expect(foldLayerScale(graph)).toBe(graph);
});

test('stays where the scale or the weight depends on an input', async () => {
  const inputs = [
    { name: 'x', shape: [BATCH, 3], dtype: 'float32' },
    { name: 'w', shape: [3, 3], dtype: 'float32' },
    { name: 's', shape: [3], dtype: 'float32' },
  ] as const;
  const graph = await traceProgram(
    ({ x, w, s }) => ({
      weight: linear(x as Tensor, w as Tensor2D, { residual: { input: x as Tensor, scale: row } }),
      scale: linear(x as Tensor, weight, { residual: { input: x as Tensor, scale: s as Tensor1D } }),
    }),
    inputs,
  );
  expect(foldLayerScale(graph)).toBe(graph);
});

test('a product without a residual stays', async () => {
  const graph = await traceOf([BATCH, 3], (x) => linear(x, weight, { bias: row }));
  expect(foldLayerScale(graph)).toBe(graph);
});
