/** What evaluating a graph refuses, and that it leaves nothing behind; what it computes is tested with the kernels. */
import { dispose, memory, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { OptionError } from '../errors/errors.ts';
import type { Input, Value } from '../ops/operation.ts';
import { constantOf } from '../ops/operation.ts';
import { BATCH } from '../shapes/batch-dimension.ts';
import { evaluate } from './evaluate.ts';
import type { Graph } from './ir/graph.ts';
import { operation, pair } from './kernels/build.ts';

const X: Input = { kind: 'input', name: 'x', shape: [BATCH, 2], dtype: 'float32' };
const Z: Input = { kind: 'input', name: 'z', shape: [BATCH, 1], dtype: 'float32' };
const SUM: Graph = { inputs: [X, Z], outputs: new Map([['y', pair('Add', X, Z)]]) };

beforeAll(() => setDevice('cpu'));

async function on(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<unknown> {
  try {
    const outputs = await evaluate(graph, feeds);
    const values = Object.values(outputs).map((output) => output.arraySync());
    dispose(outputs);
    return values;
  } finally {
    dispose(Object.values(feeds));
  }
}

test('outputs are new tensors, even where they are inputs or constants', async () => {
  const constant = constantOf(Float32Array.of(5), [1]);
  const graph: Graph = {
    inputs: [X],
    outputs: new Map<string, Value>([
      ['x', X],
      ['again', X],
      ['constant', constant],
    ]),
  };
  expect(await on(graph, { x: tensor2d([1, 2], [1, 2]) })).toEqual([[[1, 2]], [[1, 2]], [5]]);
});

test('a graph without inputs is one for a batch of 1', async () => {
  const tile = operation('Tile', { x: constantOf(Int32Array.of(7), [1]) }, { reps: [BATCH] });
  expect(await on({ inputs: [], outputs: new Map([['y', tile]]) }, {})).toEqual([[7]]);
});

test.each<[string, () => Record<string, Tensor>, RegExp]>([
  [
    'an input that is missing',
    () => ({ x: tensor2d([1, 2], [1, 2]) }),
    /^z: expected float32 \[B, 1\], got nothing$/,
  ],
  [
    'another dtype',
    () => ({ x: tensor2d([1, 2], [1, 2], 'int32'), z: tensor2d([1], [1, 1]) }),
    /^x: expected float32 \[B, 2\], got int32 \[1, 2\]$/,
  ],
  ['another rank', () => ({ x: tensor1d([1, 2]), z: tensor2d([1], [1, 1]) }), /^x: .*, got float32 \[2\]$/],
  [
    'another length',
    () => ({ x: tensor2d([1, 2, 3], [1, 3]), z: tensor2d([1], [1, 1]) }),
    /^x, axis 1: .* 2, got 3$/,
  ],
  [
    'inputs of several batches',
    () => ({ x: tensor2d([1, 2], [1, 2]), z: tensor2d([1, 2], [2, 1]) }),
    /inputs of one batch, got batches of 1 and 2$/,
  ],
])('%s is refused', async (_, feeds, message) => {
  const made = feeds();
  await expect(evaluate(SUM, made)).rejects.toThrow(OptionError);
  await expect(evaluate(SUM, made)).rejects.toThrow(message);
  dispose(Object.values(made));
});

test('a graph that fails leaves nothing behind', async () => {
  const unknown: Value = {
    kind: 'operation',
    kernel: 'NoSuchKernel',
    inputs: { x: X, c: constantOf(Float32Array.of(1), [1]) },
    attributes: {},
    shape: [1],
    dtype: 'float32',
  };
  const x = tensor2d([1, 2], [1, 2]);
  const { numTensors } = memory();
  await expect(evaluate({ inputs: [X], outputs: new Map([['y', unknown]]) }, { x })).rejects.toThrow(
    /NoSuchKernel/,
  );
  expect(memory().numTensors).toBe(numTensors);
  x.dispose();
});

test('a constant that can not be read leaves nothing behind', async () => {
  const broken = { ...constantOf(Float32Array.of(1), [1]), read: () => Promise.reject(new Error('gone')) };
  const sum = pair('Add', constantOf(Float32Array.of(1), [1]), broken);
  await expect(evaluate({ inputs: [], outputs: new Map([['y', sum]]) }, {})).rejects.toThrow('gone');
});
