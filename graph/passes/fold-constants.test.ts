/** Operations on constants alone. */
import { ones, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import type { Constant, Input, Value } from '../../ops/operation.ts';
import { constantOf } from '../../ops/operation.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import type { Graph } from '../ir/graph.ts';
import { operation, pair } from '../kernels/build.ts';
import { reshape } from '../kernels/structure.ts';
import { foldConstants } from './fold-constants.ts';

const X: Input = { kind: 'input', name: 'x', shape: [2], dtype: 'float32' };
const WEIGHT: Constant = { ...constantOf(Float32Array.of(1, 2), [2]), name: 'layer.weight' };

beforeAll(() => setDevice('cpu'));

function foldedOutput(value: Value): Value | undefined {
  const graph: Graph = { inputs: [X], outputs: new Map([['y', value]]) };
  return foldConstants(graph).outputs.get('y');
}

async function valuesOf(value: Value | undefined): Promise<unknown> {
  if (value?.kind !== 'constant') throw new Error(`expected a constant, got ${value?.kind}`);
  return value.read();
}

test('become one constant, whatever their number, with the name of the first that has one', async () => {
  const product = pair('Multiply', constantOf(Float32Array.of(3), [1]), WEIGHT);
  const value = foldedOutput(reshape(pair('Add', product, WEIGHT), [1, 2]));
  expect(value).toMatchObject({ kind: 'constant', shape: [1, 2], dtype: 'float32', name: 'layer.weight' });
  expect(await valuesOf(value)).toEqual(Float32Array.of(4, 8));
});

test('stay where an input is among what they are made of', () => {
  const sum = pair('Add', X, WEIGHT);
  expect(foldedOutput(sum)).toBe(sum);
});

test('stay where their length grows with the batch', () => {
  const tile = operation('Tile', { x: WEIGHT }, { reps: [BATCH] });
  expect(foldedOutput(tile)).toBe(tile);
});

test('are computed when they are read, and not kept', async () => {
  let reads = 0;
  const read = async () => {
    reads++;
    return Float32Array.of(1, 2);
  };
  const value = foldedOutput(pair('Add', { ...WEIGHT, read }, WEIGHT));
  expect(reads).toBe(0);
  expect(await valuesOf(value)).toEqual(Float32Array.of(2, 4));
  await valuesOf(value);
  expect(reads).toBe(2);
});

test.each([
  ['float32', Int32Array.of(1, 2), Float32Array.of(1, 2)],
  ['int32', Float32Array.of(1.5, -1.5), Int32Array.of(1, -1)],
  ['bool', Float32Array.of(1.5, 0), Uint8Array.of(1, 0)],
] as const)('have values of their dtype after a cast to %s', async (dtype, values, expected) => {
  const cast = operation('Cast', { x: constantOf(values, [2]) }, { dtype });
  expect(await valuesOf(foldedOutput(cast))).toEqual(expected);
});

test('compute the same', async () => {
  const x = ones([2]);
  const sum = pair('Multiply', X, pair('Add', WEIGHT, WEIGHT));
  const graph: Graph = { inputs: [X], outputs: new Map([['y', sum]]) };
  const { y } = await evaluate(foldConstants(graph), { x });
  const expected = tensor1d([2, 4]);
  expect((y as Tensor).dataSync()).toEqual(expected.dataSync());
  for (const each of [x, y, expected]) each?.dispose();
});
