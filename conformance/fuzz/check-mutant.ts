/** What may come of a file that is a little wrong: an error of this library, or a right answer. */
import { FormatError } from '../../errors/errors.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { DTYPE_BYTES } from '../../weights/dtype.ts';
import { openWeightsFile } from '../../weights/weights-file.ts';
import type { Mutant } from './mutate.ts';

/** A file that is read as it was written. */
export interface Original {
  name: string;
  bytes: Uint8Array;
  /** values by name, dtype and shape */
  tensors: ReadonlyMap<string, string>;
  /** whether checksums tell a change of values; legacy files have none */
  checked: boolean;
}

/** How a file ended. */
export type Outcome = { readonly refused: string } | { readonly tensors: number };

/** Reads a file as it was written. */
export async function readOriginal(name: string, bytes: Uint8Array): Promise<Original> {
  const tensors = await readTensors(await openWeightsFile(memorySource(bytes), name));
  return { name, bytes, tensors, checked: bytes[0] === 0x50 && !name.includes('without-checksums') };
}

/**
 * Opens a file and reads every tensor.
 *
 * @throws Error if it ends otherwise than it may: another error, values of another length than announced, or other
 *   values where a checksum should have told
 */
export async function checkMutant(original: Original, { bytes, repaired }: Mutant): Promise<Outcome> {
  let tensors: Map<string, string>;
  try {
    tensors = await readTensors(await openWeightsFile(memorySource(bytes), original.name));
  } catch (error) {
    if (error instanceof FormatError) return { refused: error.message };
    throw error;
  }
  if (original.checked && !repaired) {
    for (const [key, values] of tensors) {
      if (original.tensors.get(key) !== values)
        throw new Error(`expected ${key} as it was written, got other values`);
    }
    if (tensors.size !== original.tensors.size) throw new Error('expected all tensors, got some');
  }
  return { tensors: tensors.size };
}

async function readTensors(checkpoint: Checkpoint): Promise<Map<string, string>> {
  const tensors = new Map<string, string>();
  try {
    for (const { name, dtype, shape, byteLength } of checkpoint.tensors.values()) {
      if (byteLength !== DTYPE_BYTES[dtype] * elementCount(shape)) throw new Error(`${name}: wrong length`);
      const values = await checkpoint.read(name);
      if (values.length !== byteLength)
        throw new Error(`${name}: expected ${byteLength} bytes, got ${values.length}`);
      if (values.byteOffset % 8 !== 0) throw new Error(`${name}: expected aligned bytes`);
      tensors.set(`${name} ${dtype} ${shape.join('×')}`, Buffer.from(values).toString('base64'));
    }
    return tensors;
  } finally {
    await checkpoint.close();
  }
}
