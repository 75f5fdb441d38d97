/** Checkpoints in memory, and what is in a checkpoint. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { openSafetensors } from '../safetensors/open-safetensors.ts';
import { safetensorsParts, type TensorToWrite } from '../write/encode-safetensors.ts';

/** The folder of the tiny checkpoints. */
export const MODELS = fileURLToPath(new URL('../../conformance/fixtures/models/', import.meta.url));

/** Opens the weights of a tiny checkpoint. */
export async function openFixture(model: string): Promise<Checkpoint> {
  return openSafetensors(
    memorySource(new Uint8Array(readFileSync(`${MODELS}${model}/model.safetensors`))),
    model,
  );
}

/** Every tensor with its bytes, in order. */
export async function tensorsOf(checkpoint: Checkpoint): Promise<TensorToWrite[]> {
  const tensors: TensorToWrite[] = [];
  for (const [name, { dtype, shape }] of checkpoint.tensors) {
    tensors.push({ name, dtype, shape, bytes: await checkpoint.read(name) });
  }
  return tensors;
}

/** The bytes of a safetensors file. */
export function fileOf(tensors: readonly TensorToWrite[]): Uint8Array {
  return new Uint8Array(Buffer.concat(safetensorsParts(tensors)));
}

/** Opens tensors as a file of them would be opened. */
export async function checkpointOf(tensors: readonly TensorToWrite[]): Promise<Checkpoint> {
  return openSafetensors(memorySource(fileOf(tensors)), 'memory');
}

/** Tensors by name, so that order does not count when they are compared. */
export function byName(tensors: readonly TensorToWrite[]): Record<string, Omit<TensorToWrite, 'name'>> {
  return Object.fromEntries(tensors.map(({ name, ...rest }) => [name, rest]));
}
