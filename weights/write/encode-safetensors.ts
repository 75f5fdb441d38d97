/** Small safetensors files, made in memory. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { joined } from '../../bytes/joined.ts';
import type { Dtype } from '../dtype.ts';
import { safetensorsHeader } from './safetensors-header.ts';

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
  return { name, dtype: 'F32', shape, bytes: bytesOf(values, name) };
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
  const infos = tensors.map(({ bytes, ...info }) => ({ ...info, byteLength: bytes.byteLength }));
  return [safetensorsHeader(infos, metadata), ...tensors.map(({ bytes }) => bytes)];
}

/**
 * A safetensors file of float32 tensors.
 *
 * @param tensors row-major values by name, in the order in which they are to stand
 * @param metadata free text
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const given = Object.entries(tensors).map(([name, { data, shape }]) => float32ToWrite(name, shape, data));
  return joined(safetensorsParts(given, metadata));
}
