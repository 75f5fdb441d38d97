/** From the bytes of a checkpoint to float32 values. */
import { widenBfloat16, widenFloat16 } from '../bytes/half.ts';
import { FormatError } from '../errors/errors.ts';
import type { Dtype } from './dtype.ts';

/** The values as `widen` gives them, but those of F64 as they are. */
export function exactValues(bytes: Uint8Array, dtype: Dtype): Float32Array | Float64Array {
  if (dtype !== 'F64') return widen(bytes, dtype);
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}

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
      return widenFloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
    case 'BF16':
      return widenBfloat16(new Uint16Array(buffer, byteOffset, byteLength / 2));
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
