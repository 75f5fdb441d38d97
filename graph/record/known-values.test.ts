/** Values that depend on no input: weights, and what programs compute of them. */
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { TraceError } from '../../errors/errors.ts';
import { gelu } from '../../ops/gelu.ts';
import { layerNorm } from '../../ops/layer-norm.ts';
import type { Constant } from '../../ops/operation.ts';
import { type Graph, operationsOf, valuesOf } from '../ir/graph.ts';
import { programOf, valuesOnOnes } from '../testing/traced.ts';
import { type Example, type Program, record } from './record.ts';
import { traceProgram } from './trace-program.ts';

const X: Example = { name: 'x', shape: [2, 3], dtype: 'float32' };

beforeAll(() => setDevice('cpu'));

function constantsOf(graph: Graph): Constant[] {
  return valuesOf(graph).filter((value) => value.kind === 'constant');
}

test('what is computed of them is a constant', async () => {
  const weight = tf.tensor1d([1, 2, 3]);
  const graph = record(
    programOf((x) => tf.add(x, tf.sqrt(tf.square(weight)))),
    [X],
  );
  weight.dispose();
  expect(operationsOf(graph).map(({ kernel }) => kernel)).toEqual(['Add']);
  expect(await valuesOnOnes(graph)).toEqual([2, 3, 4, 2, 3, 4]);
});

test('may be read', async () => {
  const graph = record(
    programOf((x) => tf.mul(x, tf.exp(tf.zeros([3])).dataSync()[1] ?? 0)),
    [X],
  );
  expect(await valuesOnOnes(graph)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('fused ops of them are computed too, on a backend that has no fused kernels', async () => {
  const weight = tf.tensor1d([1, 2, 3]);
  const read: number[] = [];
  const graph = record(
    programOf((x) => {
      const table = layerNorm(gelu(weight), tf.ones([3]), tf.zeros([3]) as Tensor1D, 1e-6);
      read.push(...table.dataSync());
      return tf.mul(x, table);
    }),
    [X],
  );
  const eager = tf.tidy(() => layerNorm(gelu(weight), tf.ones([3]), tf.zeros([3]) as Tensor1D, 1e-6));
  expect(read).toEqual([...eager.dataSync()]);
  expect(operationsOf(graph).map(({ kernel }) => kernel)).toEqual(['Multiply']);
  expect(await valuesOnOnes(graph)).toEqual([...read, ...read]);
  tf.dispose([weight, eager]);
});

test('constants of other dtypes that share their data have values of their own dtype', async () => {
  const whole = tf.tensor1d([1, 2, 3], 'int32');
  const fractions = tf.cast(whole, 'float32');
  const program: Program = ({ x }) => ({
    fractions: tf.mul(x as Tensor, fractions),
    whole: tf.add(tf.cast(x as Tensor, 'int32'), whole),
    made: tf.mul(x as Tensor, tf.cast(tf.tensor1d([4, 5, 6], 'int32'), 'float32')),
  });
  const constants = constantsOf(record(program, [X]));
  const found = await Promise.all(constants.map(async ({ dtype, read }) => [dtype, await read()]));
  expect(found).toEqual([
    ['float32', Float32Array.of(1, 2, 3)],
    ['int32', Int32Array.of(1, 2, 3)],
    ['float32', Float32Array.of(4, 5, 6)],
  ]);
  tf.dispose([whole, fractions]);
});

test('a tensor of the program itself is one constant, whatever shapes it is used in', () => {
  const weight = tf.tensor1d([1, 2, 3, 4]);
  const program = programOf((x) => tf.add(tf.add(x, tf.slice(weight, [0], [3])), tf.slice(weight, [0], [3])));
  expect(constantsOf(record(program, [X]))).toHaveLength(2);
  const twice = programOf((x) =>
    tf.add(tf.add(x, tf.reshape(weight, [4, 1, 1])), tf.reshape(weight, [4, 1, 1])),
  );
  expect(constantsOf(record(twice, [X]))).toHaveLength(1);
  weight.dispose();
});

test('weights are read when they are asked for, and have to be there then', async () => {
  const weight = tf.tensor1d([1, 2, 3]);
  const names = new Map([[weight.dataId, 'block.weight']]);
  const graph = await traceProgram(
    programOf((x) => tf.mul(x, weight)),
    [X],
    names,
  );
  const [constant] = constantsOf(graph);
  expect(constant?.name).toBe('block.weight');
  expect(await constant?.read()).toEqual(Float32Array.of(1, 2, 3));
  weight.dispose();
  await expect(constant?.read()).rejects.toThrow(TraceError);
  await expect(constant?.read()).rejects.toThrow(/^block\.weight: expected a tensor that is still there/);
});

test('a weight under another shape has its name, and is read no earlier', async () => {
  const weight = tf.tensor1d([1, 2, 3]);
  const names = new Map([[weight.dataId, 'block.weight']]);
  const graph = await traceProgram(
    programOf((x) => tf.mul(x, tf.reshape(weight, [1, 3]))),
    [X],
    names,
  );
  const [constant] = constantsOf(graph);
  expect(constant).toMatchObject({ name: 'block.weight', shape: [1, 3] });
  weight.dispose();
  await expect(constant?.read()).rejects.toThrow(/a tensor that is still there/);
});
