/** Small safetensors files, made in memory. */
import type { Dtype } from '../dtype.ts';

/** A tensor to be written. */
export interface TensorToWrite {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  /** row-major, little-endian */
  bytes: Uint8Array;
}

/** A float32 tensor to be written. */
export function float32ToWrite(name: string, shape: readonly number[], values: Float32Array): TensorToWrite {
  return {
    name,
    dtype: 'F32',
    shape,
    bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/**
 * The parts of a safetensors file, in order; joined they are the file.
 *
 * @param tensors in the order in which their values are to stand
 * @param metadata free text
 */
export function safetensorsParts(
  tensors: readonly TensorToWrite[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const entries: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    entries.push([name, { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] }]);
    offset += bytes.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // padded with spaces, so that the values start at a multiple of 8
  const length = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, 8);
  return [head, ...tensors.map(({ bytes }) => bytes)];
}
