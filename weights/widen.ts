/** From the bytes of a checkpoint to float32 values. */
import { FormatError } from '../errors/errors.ts';
import type { Dtype } from './dtype.ts';

/**
 * The values as float32.
 *
 * F16 and BF16 are exact; F64 and 64-bit integers are rounded to the nearest.
 *
 * @param bytes little-endian values, starting at a multiple of their size in their buffer
 * @returns a view of the bytes where they are float32 already, and a new array otherwise
 */
export function widen(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F16':
      return widenHalf(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16':
      return widenBrain(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'F64':
      return new Float32Array(new Float64Array(buffer, byteOffset, byteLength / 8));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number);
    case 'U64':
      return Float32Array.from(new BigUint64Array(buffer, byteOffset, byteLength / 8), Number);
    case 'I32':
      return new Float32Array(new Int32Array(buffer, byteOffset, byteLength / 4));
    case 'U32':
      return new Float32Array(new Uint32Array(buffer, byteOffset, byteLength / 4));
    case 'I16':
      return new Float32Array(new Int16Array(buffer, byteOffset, byteLength / 2));
    case 'U16':
      return new Float32Array(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'I8':
      return new Float32Array(new Int8Array(buffer, byteOffset, byteLength));
    case 'U8':
    case 'BOOL':
      return new Float32Array(bytes);
    default:
      throw new FormatError(`widen: expected a known dtype, got ${String(dtype satisfies never)}`);
  }
}

function widenBrain(values: Uint16Array): Float32Array {
  const bits = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) bits[i] = (values[i] ?? 0) << 16;
  return new Float32Array(bits.buffer);
}

let halves: Float32Array | undefined;

/** Every float16 as a float32: 256 kB, made at the first use, which is faster than arithmetic per value. */
function halfTable(): Float32Array {
  if (halves !== undefined) return halves;
  halves = new Float32Array(0x1_0000);
  for (let bits = 0; bits < 0x1_0000; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) halves[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) halves[bits] = fraction === 0 ? sign * Infinity : Number.NaN;
    else halves[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

function widenHalf(values: Uint16Array): Float32Array {
  const table = halfTable();
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = table[values[i] ?? 0] ?? 0;
  return result;
}
