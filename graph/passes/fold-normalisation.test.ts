/** Maps of images, channel by channel, before the patch embedding. */

import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { extractPatches } from '../../ops/extract-patches.ts';
import { linear } from '../../ops/linear.ts';
import { BATCH, type Dimension } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { foldConstants } from './fold-constants.ts';
import { foldNormalisation } from './fold-normalisation.ts';

const PLAIN = [BATCH, 3, 4, 6] as const;
const EMBEDDING = ['Dinov2FusedExtractPatches', 'Dinov2FusedLinear'];

let weight: Tensor2D;
let bias: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  weight = tf.tensor2d(new Float32Array(5 * 12).map(Math.sin), [5, 12]);
  bias = tf.tensor1d([1, 2, 3, 4, 5]);
});

afterAll(() => tf.dispose([weight, bias]));

/** The graph of an embedding of images [B, 3, 4, 6] that have been changed before. */
function embeddingOf(change: (x: Tensor) => Tensor, shape: readonly Dimension[] = PLAIN): Promise<Graph> {
  return traceOf(shape, (x) => linear(extractPatches(change(x) as Tensor4D, [2, 2]), weight, { bias }));
}

async function folded(graph: Graph): Promise<string[]> {
  const result = foldConstants(foldNormalisation(graph));
  await expectEquivalent(result, graph, 1e-5);
  return kernelsOf(result);
}

const channels = (...values: number[]): Tensor => tf.tensor(values, [1, 3, 1, 1]);

test.each<[string, (x: Tensor) => Tensor]>([
  ['a factor', (x) => tf.mul(x, 1 / 255)],
  ['a factor in front', (x) => tf.mul(tf.tensor1d([3]), x)],
  ['a divisor for each channel', (x) => tf.div(x, channels(2, 3, 4))],
  ['a summand', (x) => tf.add(x, channels(2, 3, 4))],
  ['a summand in front', (x) => tf.add(channels(2, 3, 4), x)],
  ['a difference', (x) => tf.sub(x, channels(2, 3, 4))],
  ['several', (x) => tf.div(tf.sub(tf.mul(x, 2), channels(2, 3, 4)), channels(5, 6, 7))],
  ['several in another order', (x) => tf.sub(tf.mul(tf.add(x, channels(1, 2, 3)), channels(5, 6, 7)), 2)],
  ['a constant with fewer axes', (x) => tf.mul(x, tf.tensor(new Float32Array([2, 3, 4]), [3, 1, 1]))],
])('%s goes into the weight', async (_, change) => {
  expect(await folded(await embeddingOf(change))).toEqual(EMBEDDING);
});

test('what is done to channels that come last goes into the weight too', async () => {
  const graph = await embeddingOf(
    (x) => tf.add(tf.transpose(tf.div(tf.sub(x, [1, 2, 3]), [4, 5, 6]), [0, 3, 1, 2]), channels(1, 2, 3)),
    [BATCH, 4, 6, 3],
  );
  expect(await folded(graph)).toEqual(['Transpose', ...EMBEDDING]);
});

test('an embedding without bias gets one', async () => {
  const graph = await traceOf([BATCH, 3, 4, 6], (x) =>
    linear(extractPatches(tf.add(x, channels(1, 2, 3)) as Tensor4D, [2, 2]), weight),
  );
  expect(await folded(graph)).toEqual(EMBEDDING);
});

test.each<[string, (x: Tensor) => Tensor, (readonly Dimension[])?]>([
  ['a constant minus the image', (x) => tf.sub(1, x), PLAIN],
  ['a constant over the image', (x) => tf.div(1, tf.add(tf.square(x), 1)), PLAIN],
  ['another function', (x) => tf.exp(x), PLAIN],
  ['a value for each column', (x) => tf.mul(x, tf.tensor1d([1, 2, 3, 4, 5, 6])), PLAIN],
  ['a value for each row', (x) => tf.mul(x, tf.tensor2d([1, 2, 3, 4], [4, 1])), PLAIN],
  ['grey that is made of three channels', (x) => tf.mul(x, channels(1, 2, 3)), [BATCH, 1, 4, 6]],
  ['one row that is made several', (x) => tf.add(x, tf.zeros([1, 1, 4, 1])), [BATCH, 3, 1, 6]],
  ['two images', (x) => tf.add(x, tf.reverse(x, 3)), PLAIN],
])('%s is left alone', async (_, change, shape) => {
  const graph = await embeddingOf(change, shape);
  const result = foldNormalisation(graph);
  expect(result).toBe(graph);
});

test('what is before something that is left alone stays', async () => {
  const graph = await embeddingOf((x) => tf.mul(tf.exp(tf.add(x, 0.5)), 2));
  expect(await folded(graph)).toEqual(['Add', 'Exp', ...EMBEDDING]);
});

test('a weight that is an input is left alone', async () => {
  const graph = await traceOf([BATCH, 12], (x) => {
    const images = tf.mul(tf.ones([1, 3, 2, 2]), tf.sum(x)) as Tensor4D;
    return linear(extractPatches(tf.mul(images, 2) as Tensor4D, [2, 2]), tf.mul(x, 1) as Tensor2D);
  });
  expect(foldNormalisation(graph)).toBe(graph);
});
