/** Weights as checkpoints hold them, made up. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { linearWeight } from '../../../ops/linear-weight.ts';
import type { FloatDtype, WeightRows } from '../../../ops/weight-rows.ts';
import { noise } from '../../../testing/noise.ts';

/** A product [M, K] · [K, N], and how many rows the parts have that its weight [N, K] comes in; default all in one. */
export interface ProductSizes {
  M: number;
  K: number;
  N: number;
  rows?: number[];
}

/** Values of a format as a checkpoint has them: both signs, up to about 1, and one in seven subnormal where 16 bits. */
export function weightBytes(size: number, dtype: FloatDtype): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(noise(size, 3).buffer);
  const highest = dtype === 'F16' ? 0x3bff : 0x3f7f;
  const subnormal = dtype === 'F16' ? 0x400 : 0x80;
  const bits = Uint16Array.from(noise(size, 3), (value, i) => {
    const magnitude = Math.floor(Math.abs(value) * highest);
    return (value < 0 ? 0x8000 : 0) | (i % 7 === 0 ? magnitude % subnormal : magnitude);
  });
  return new Uint8Array(bits.buffer);
}

/** Rows in parts of so many each, as a checkpoint that keeps queries, keys and values apart has them. */
export function partsOf(bytes: Uint8Array, dtype: FloatDtype, rows: readonly number[]): WeightRows[] {
  const size = bytes.length / rows.reduce((sum, count) => sum + count, 0);
  let first = 0;
  return rows.map((count) => {
    const part = { bytes: bytes.slice(first * size, (first + count) * size), dtype, rows: count };
    first += count;
    return part;
  });
}

/** A weight in parts of `rows` rows each. */
export function packedWeight(
  outputs: number,
  inputs: number,
  dtype: FloatDtype,
  rows: readonly number[],
): Tensor2D {
  return linearWeight(partsOf(weightBytes(outputs * inputs, dtype), dtype, rows), [outputs, inputs]);
}
