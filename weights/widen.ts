/** From the bytes of a checkpoint to float32 values. */
import { widenBfloat16, widenFloat16 } from '../bytes/half.ts';
import { FormatError } from '../errors/errors.ts';
import type { Dtype } from './dtype.ts';

type Widen = (buffer: ArrayBufferLike, at: number, bytes: number) => Float32Array;

const WIDENED: Readonly<Record<Dtype, Widen>> = {
  F64: (buffer, at, bytes) => new Float32Array(new Float64Array(buffer, at, bytes / 8)),
  F32: (buffer, at, bytes) => new Float32Array(buffer, at, bytes / 4),
  F16: (buffer, at, bytes) => widenFloat16(new Uint16Array(buffer, at, bytes / 2)),
  BF16: (buffer, at, bytes) => widenBfloat16(new Uint16Array(buffer, at, bytes / 2)),
  I64: (buffer, at, bytes) => Float32Array.from(new BigInt64Array(buffer, at, bytes / 8), Number),
  I32: (buffer, at, bytes) => new Float32Array(new Int32Array(buffer, at, bytes / 4)),
  I16: (buffer, at, bytes) => new Float32Array(new Int16Array(buffer, at, bytes / 2)),
  I8: (buffer, at, bytes) => new Float32Array(new Int8Array(buffer, at, bytes)),
  U64: (buffer, at, bytes) => Float32Array.from(new BigUint64Array(buffer, at, bytes / 8), Number),
  U32: (buffer, at, bytes) => new Float32Array(new Uint32Array(buffer, at, bytes / 4)),
  U16: (buffer, at, bytes) => new Float32Array(new Uint16Array(buffer, at, bytes / 2)),
  U8: (buffer, at, bytes) => new Float32Array(new Uint8Array(buffer, at, bytes)),
  BOOL: (buffer, at, bytes) => new Float32Array(new Uint8Array(buffer, at, bytes)),
};

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
  const widened = WIDENED[dtype];
  if (widened === undefined) throw new FormatError(`widen: expected a known dtype, got ${String(dtype)}`);
  return widened(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
