/** Weights on a backend without a layout of its own, which keeps the rounded values in float32. */
import { type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { linearWeight, storedBytes } from './linear-weight.ts';
import type { Precision } from './precision.ts';
import type { WeightRows } from './weight-rows.ts';

const floats = (...values: number[]): WeightRows => ({
  bytes: new Uint8Array(Float32Array.from(values).buffer),
  dtype: 'F32',
  rows: 1,
});
const halves = (dtype: 'F16' | 'BF16', ...codes: number[]): WeightRows => ({
  bytes: new Uint8Array(Uint16Array.from(codes).buffer),
  dtype,
  rows: 1,
});
const integers = (scale: number, ...values: number[]): WeightRows => ({
  bytes: new Uint8Array(Int8Array.from(values).buffer),
  dtype: 'I8',
  scales: Float32Array.of(scale),
  rows: 1,
});

/** The values of a weight of rows of two. */
function valuesOf(parts: WeightRows[], precision?: Precision): number[] {
  return tidy(() => [...linearWeight(parts, [parts.length, 2], precision).dataSync()]);
}

beforeAll(() => setDevice('cpu'));

test('bfloat16 stays so in f16, whose range is smaller, and float32 becomes float16', () => {
  const [large, small] = [2 ** 100, 2 ** -100];
  const brain = halves('BF16', 0x7180, 0x0d80);
  expect(valuesOf([brain, floats(1 + 2 ** -11, small), halves('F16', 0x3c01, 1)], 'f16')).toEqual([
    ...[large, small],
    ...[1, 0],
    ...[1 + 2 ** -10, 2 ** -24],
  ]);
});

test('rows in 8 bits keep integers and scale in i8, though they do not use all integers', () => {
  expect(valuesOf([integers(0.25, 3, 1), floats(1, 0.3)], 'i8')).toEqual([
    ...[0.75, 0.25],
    ...[127, 38].map((value) => Math.fround(value * Math.fround(1 / 127))),
  ]);
});

test('as they are, rows in 8 bits stay, and floats beside them are not rounded', () => {
  expect(valuesOf([integers(0.25, -128, 1)])).toEqual([-32, 0.25]);
  const exact = floats(1, 0.3);
  expect(valuesOf([integers(0.25, -128, 1), exact])).toEqual([-32, 0.25, 1, Math.fround(0.3)]);
});

test('they take four bytes a value, whatever they were rounded to', () => {
  const weight: Tensor2D = linearWeight([floats(1, 2)], [1, 2], 'i8');
  expect(storedBytes(weight)).toBe(8);
  weight.dispose();
});
