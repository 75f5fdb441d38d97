/** Graphs for every batch: what makes one of two recordings, and what can't. */

import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { TraceError } from '../../errors/errors.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import type { NamedTensors } from './record.ts';
import { type ProgramInput, traceProgram } from './trace-program.ts';

const X: ProgramInput = { name: 'x', shape: [BATCH, 3], dtype: 'float32' };

beforeAll(() => setDevice('cpu'));

function traced(run: (x: Tensor, B: number) => Tensor | NamedTensors): Promise<Graph> {
  const program = ({ x }: NamedTensors): NamedTensors => {
    const result = run(x as Tensor, x?.shape[0] ?? 0);
    return 'dataId' in result ? { y: result as Tensor } : (result as NamedTensors);
  };
  return traceProgram(program, [X]);
}

async function shapesFor(graph: Graph, B: number): Promise<number[][]> {
  const x = tf.ones([B, 3]);
  const outputs = Object.values(await evaluate(graph, { x }));
  tf.dispose([x, ...outputs]);
  return outputs.map(({ shape }) => shape);
}

test('lengths that grow with the batch, by any whole number and from any start', async () => {
  const graph = await traced((x, B) => ({
    flat: tf.reshape(x, [-1]),
    longer: tf.concat([x, tf.tensor2d([1, 2, 3], [1, 3])], 0),
    both: tf.concat([x, x, tf.tensor2d([1, 2, 3], [1, 3])], 0),
    square: tf.matMul(x, x, false, true),
    tail: tf.slice(tf.concat([x, x], 0), [B, 0], [B, 3]),
  }));
  expect([...graph.outputs.values()].map(({ shape }) => shape)).toEqual([
    [{ perBatch: 3, plus: 0 }],
    [{ perBatch: 1, plus: 1 }, 3],
    [{ perBatch: 2, plus: 1 }, 3],
    [BATCH, BATCH],
    [BATCH, 3],
  ]);
  expect(await shapesFor(graph, 7)).toEqual([[21], [8, 3], [15, 3], [7, 7], [7, 3]]);
});

describe('a constant that is longer for a larger batch', () => {
  test('repeats one slice', async () => {
    const graph = await traced((x, B) => tf.add(x, tf.tile(tf.tensor2d([1, 2, 3], [1, 3]), [B, 1])));
    const tile = operationsOf(graph).find(({ kernel }) => kernel === 'Tile');
    expect(tile).toMatchObject({ attributes: { reps: [BATCH, 1] }, shape: [BATCH, 3] });
    expect(tile?.inputs.x).toMatchObject({ kind: 'constant', shape: [1, 3] });
    const x = tf.zeros([4, 3]);
    const { y } = await evaluate(graph, { x });
    expect([...(y?.dataSync() ?? [])]).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    tf.dispose([x, y as Tensor]);
  });

  test('on any axis', async () => {
    const graph = await traced((x, B) => ({
      x,
      table: tf.tile(tf.tensor3d([1, 2, 3, 4], [2, 1, 2]), [1, B, 1]),
    }));
    const x = tf.zeros([3, 3]);
    const outputs = await evaluate(graph, { x });
    expect([...(outputs.table?.dataSync() ?? [])]).toEqual([1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
    tf.dispose([x, ...Object.values(outputs)]);
  });

  test.each<[string, (x: Tensor, B: number) => Tensor]>([
    ['with slices that differ', (x, B) => tf.add(x, tf.reshape(tf.range(0, B), [B, 1]))],
    ['with other slices for another batch', (x, B) => tf.add(x, tf.fill([B, 1], B))],
    ['that is not in proportion', (x, B) => tf.concat([x, tf.zeros([B + 1, 3])], 0)],
    ['on two axes', (x, B) => tf.matMul(tf.fill([B, B], 2), x)],
    ['that repeats two slices in turn', (x, B) => tf.concat([x, tf.tile(tf.eye(3), [B, 1])], 0)],
  ])('%s can not be one', async (_, run) => {
    await expect(traced(run)).rejects.toThrow(TraceError);
    await expect(traced(run)).rejects.toThrow(/one slice for all images .*; trace with a fixed batch/);
  });
});

test('a constant of the same length with other values can not be one', async () => {
  const graph = traced((x, B) => tf.mul(x, B));
  await expect(graph).rejects.toThrow(TraceError);
  await expect(graph).rejects.toThrow(/values that don't depend on the size of the batch/);
});

test('a constant with NaN and −0 is the same in both', async () => {
  const graph = await traced((x) => tf.add(x, tf.tensor1d([Number.NaN, -0, 1])));
  expect(await shapesFor(graph, 4)).toEqual([[4, 3]]);
});

describe('a program that does something else for another batch', () => {
  test.each<[string, (x: Tensor, B: number) => Tensor | NamedTensors]>([
    ['another kernel', (x, B) => (B === 2 ? tf.exp(x) : tf.neg(x))],
    ['one more kernel', (x, B) => (B === 2 ? x : tf.neg(x))],
    ['one less kernel', (x, B) => (B === 2 ? tf.neg(x) : x)],
    ['a constant instead of a kernel', (x, B) => tf.add(x, B === 2 ? tf.exp(x) : tf.ones([3, 3]))],
    ['other inputs', (x, B) => tf.sub(x, B === 2 ? tf.exp(x) : tf.square(x))],
    ['inputs in another order', (x, B) => (B === 2 ? tf.sub(x, tf.exp(x)) : tf.sub(tf.exp(x), x))],
    ['another attribute', (x, B) => tf.sum(x, B === 2 ? 0 : 1, true)],
    ['an attribute that is no length', (x, B) => tf.clipByValue(x, -B, B)],
    [
      'an attribute that is infinite',
      (x, B) => tf.clipByValue(x, -9, B === 2 ? 9 : Number.POSITIVE_INFINITY),
    ],
    [
      'one of two infinities',
      (x, B) =>
        tf.pad(
          x,
          [
            [0, 0],
            [1, 1],
          ],
          B === 2 ? 1 / 0 : -1 / 0,
        ),
    ],
    ['a length that shrinks', (x, B) => tf.slice(x, [0, 0], [B, 5 - B])],
    ['another rank', (x, B) => (B === 2 ? tf.reshape(x, [6]) : tf.reshape(x, [3, 3]))],
    ['another dtype', (x, B) => (B === 2 ? tf.cast(x, 'bool') : tf.cast(x, 'int32'))],
    ['one output less', (x, B) => (B === 2 ? { x, y: tf.exp(x) } : { x })],
    ['one output more', (x, B) => (B === 3 ? { x, y: tf.exp(x) } : { x })],
    [
      'shared values that are not shared',
      (x, B) => {
        const y = tf.exp(x);
        return tf.add(y, B === 2 ? y : tf.exp(x));
      },
    ],
  ])('%s', async (_, run) => {
    await expect(traced(run)).rejects.toThrow(TraceError);
    await expect(traced(run)).rejects.toThrow(
      /a batch of 2 and of 3, got .*; trace with a fixed batch instead/,
    );
  });
});

test('a batch that is fixed is recorded once, as it is', async () => {
  let runs = 0;
  const graph = await traceProgram(
    ({ x }) => {
      runs++;
      return { y: tf.mul(x as Tensor, x?.shape[0] ?? 0) };
    },
    [{ ...X, shape: [4, 3] }],
  );
  expect(runs).toBe(1);
  expect(graph.outputs.get('y')?.shape).toEqual([4, 3]);
});

test('inputs in any order of which some have no batch', async () => {
  const graph = await traceProgram(
    ({ table, x }) => ({ y: tf.matMul(x as tf.Tensor2D, table as tf.Tensor2D) }),
    [{ name: 'table', shape: [3, 4], dtype: 'float32' }, X],
  );
  expect(graph.inputs.map(({ name, shape }) => [name, shape])).toEqual([
    ['table', [3, 4]],
    ['x', [BATCH, 3]],
  ]);
  expect(graph.outputs.get('y')?.shape).toEqual([BATCH, 4]);
});
