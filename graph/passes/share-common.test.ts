/** What is computed twice. */
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectEquivalent, kernelsOf, traceOf } from '../testing/traced.ts';
import { shareCommon } from './share-common.ts';

beforeAll(() => setDevice('cpu'));

test('is computed once, together with all that is made of it', async () => {
  const graph = await traceOf([BATCH, 3], (x) => {
    const branch = () => tf.sum(tf.exp(tf.reshape(x, [-1])));
    return tf.add(branch(), branch());
  });
  const shared = shareCommon(graph);
  expect(kernelsOf(graph)).toHaveLength(7);
  expect(kernelsOf(shared)).toEqual(['Reshape', 'Exp', 'Sum', 'Add']);
  await expectEquivalent(shared, graph, 0);
});

test('is not the same with other operands, operands in another order, or other attributes', async () => {
  const weight = tf.tensor1d([1, 2, 3]);
  const graph = await traceProgram(
    ({ x }) => {
      const y = x as tf.Tensor;
      const padded = (value: number) =>
        tf.pad(
          y,
          [
            [0, 0],
            [1, 0],
          ],
          value,
        );
      return {
        a: tf.sub(y, weight),
        b: tf.sub(weight, y),
        c: tf.sum(y, 1),
        d: tf.sum(y, 1, true),
        e: tf.reshape(tf.sum(y, 0), [3, 1]),
        f: tf.reshape(tf.sum(y, 0), [1, 3]),
        low: padded(Number.NEGATIVE_INFINITY),
        high: padded(Number.POSITIVE_INFINITY),
      };
    },
    [{ name: 'x', shape: [BATCH, 3], dtype: 'float32' }],
  );
  const shared = shareCommon(graph);
  expect(kernelsOf(shared)).toHaveLength(kernelsOf(graph).length - 1);
  await expectEquivalent(shared, graph, 0);
  weight.dispose();
});

test('two outputs that are computed alike become one value', async () => {
  const graph = await traceProgram(
    ({ x }) => ({ a: tf.exp(x as tf.Tensor), b: tf.exp(x as tf.Tensor) }),
    [{ name: 'x', shape: [2], dtype: 'float32' }],
  );
  const { outputs } = shareCommon(graph);
  expect(outputs.get('a')).toBe(outputs.get('b'));
});

test('a graph without any stays the same', async () => {
  const graph = await traceOf([BATCH, 3], (x) => tf.exp(tf.neg(x)));
  expect(shareCommon(graph)).toBe(graph);
});
