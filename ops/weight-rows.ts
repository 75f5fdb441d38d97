/** Rows of a linear layer's weight, as a checkpoint holds them. */
import { widenBfloat16, widenFloat16 } from '../bytes/half.ts';
import { quantiseRows, widenInt8Rows } from '../bytes/int8-rows.ts';
import { narrow } from '../bytes/narrow.ts';
import type { Precision } from './precision.ts';

/** The number formats of floats that a weight may arrive in, and be kept in. */
export type FloatDtype = 'F32' | 'F16' | 'BF16';

/** The number formats that a weight may arrive in, and be kept in. */
export type WeightDtype = FloatDtype | 'I8';

/** Some rows of a weight: little-endian, row-major, `rows` × K values. */
export type WeightRows = {
  bytes: Uint8Array;
  rows: number;
} & (
  | { dtype: FloatDtype }
  | {
      dtype: 'I8';
      /** a weight is its integer times the scale of its row */
      scales: Float32Array;
    }
);

/** Rows in the dtype that a precision keeps them in; those that are in it already, as they are. */
export function roundRows(part: WeightRows, inputs: number, precision: Precision): WeightRows {
  const { dtype, rows } = part;
  switch (precision) {
    case 'f32':
      return part;
    case 'f16':
      if (dtype === 'F16' || dtype === 'BF16') return part;
      return { bytes: narrow(widenRows(part), 'F16').bytes, dtype: 'F16', rows };
    case 'i8': {
      if (dtype === 'I8') return part;
      const { values, scales } = quantiseRows(widenRows(part), inputs);
      return { bytes: new Uint8Array(values.buffer), dtype: 'I8', scales, rows };
    }
  }
}

/** The float32 values of rows: a view of float32 ones, else a new array. */
export function widenRows(part: WeightRows): Float32Array {
  const { buffer, byteOffset, byteLength } = part.bytes;
  if (part.dtype === 'F32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (part.dtype === 'I8') {
    return widenInt8Rows({ values: new Int8Array(buffer, byteOffset, byteLength), scales: part.scales });
  }
  const bits = new Uint16Array(buffer, byteOffset, byteLength / 2);
  return part.dtype === 'F16' ? widenFloat16(bits) : widenBfloat16(bits);
}

/**
 * The float32 values of rows, one part after the other.
 *
 * @param size how many there are in all
 * @returns what `widenRows` gives where there is one part
 */
export function joinRows(parts: readonly WeightRows[], size: number): Float32Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return widenRows(first);
  const values = new Float32Array(size);
  let offset = 0;
  for (const part of parts) {
    const widened = widenRows(part);
    values.set(widened, offset);
    offset += widened.length;
  }
  return values;
}
