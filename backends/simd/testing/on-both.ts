/** Running ops on this backend and on TF.js's plain JavaScript backend, and comparing what comes out. */
import { type DataType, setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { elementCount } from '../../../shapes/element-count.ts';
import { missesOf } from '../../../testing/close.ts';
import { noise } from '../../../testing/noise.ts';
import { setDevice } from '../../devices.ts';
import { currentSimd } from './current-simd.ts';

/** A float32 tensor of `noise`, each value changed by `change`. */
export function noiseTensor(
  shape: readonly number[],
  seed = 1,
  change: (value: number, index: number) => number = (value) => value,
): Tensor {
  return tensor(noise(elementCount(shape), seed).map(change), [...shape], 'float32');
}

/** The shape, the type and the values of one result. */
export interface Result {
  shape: number[];
  dtype: DataType;
  values: Float32Array;
}

/**
 * What `run` returns on a backend.
 *
 * @param run makes its own inputs; everything it leaves behind is disposed
 */
export async function resultsOn(name: 'cpu' | 'simd', run: () => Tensor | Tensor[]): Promise<Result[]> {
  if (name === 'cpu') await setDevice('cpu');
  else await setBackend(name);
  const results: Result[] = [];
  tidy(() => {
    for (const made of [run()].flat()) {
      results.push({ shape: made.shape, dtype: made.dtype, values: Float32Array.from(made.dataSync()) });
    }
  });
  return results;
}

/**
 * Expects the same shapes and types from both backends, and values no further apart than `tolerance`, in relation to the larger
 * of 1 and the expected value.
 *
 * @param tolerance 0: the same bits, but for the sign of zero
 */
export async function expectSame(run: () => Tensor | Tensor[], tolerance = 0): Promise<void> {
  const expected = await resultsOn('cpu', run);
  const actual = await resultsOn('simd', run);
  const kinds = (results: Result[]) => results.map(({ shape, dtype }) => ({ shape, dtype }));
  expect(kinds(actual)).toEqual(kinds(expected));
  for (const [i, { values }] of expected.entries()) {
    expectClose(actual[i]?.values ?? new Float32Array(0), values, tolerance);
  }
}

/** Expects values no further apart than `tolerance`, in relation to the larger of 1 and the expected value. */
export function expectClose(actual: Float32Array, expected: ArrayLike<number>, tolerance: number): void {
  expect(missesOf(actual, expected, tolerance).slice(0, 3)).toEqual([]);
}

/**
 * Expects that what lies beside a result in the memory of the kernels stays as it is.
 *
 * @param size values of the result, which is laid into a gap of just that size
 * @param run makes its own inputs, before the gap is there, and returns what computes the result of them
 */
export async function expectNothingBeside(size: number, run: () => () => Tensor): Promise<void> {
  await setBackend('simd');
  tidy(() => {
    const compute = run();
    // the first time, inputs and working space are moved into the memory
    compute();
    const simd = currentSimd();
    const neighbours = [1, 2, 3, 4, 5].map((seed) => noiseTensor([size], seed));
    for (const neighbour of neighbours) simd.resident(neighbour);
    neighbours[2]?.dispose();
    compute();
    for (const i of [0, 1, 3, 4]) expect(neighbours[i]?.dataSync()).toEqual(noise(size, i + 1));
  });
}
