/** The weights of a repository, whichever files hold them. */
import { SourceError } from '../errors/errors.ts';
import { type Repository, readText } from '../sources/repository.ts';
import { NAMED_FREELY, WEIGHTS_ENDING } from '../sources/weights-ending.ts';
import type { Checkpoint } from './checkpoint.ts';
import { openSharded } from './open-sharded.ts';
import { openWeightsFile } from './weights-file.ts';

/** The names of weights in a folder, in the order in which they are looked for, and of the index of their shards. */
const NAMES = [
  { single: 'model.safetensors', index: 'model.safetensors.index.json' },
  { single: 'pytorch_model.bin', index: 'pytorch_model.bin.index.json' },
] as const;

/** A part of weights, which is nothing without the others. */
const SHARD = /-\d+-of-\d+\.\w+$/;

/**
 * Opens the file that the source itself named; else `model.safetensors`, `pytorch_model.bin`, the shards of their
 * indices, or the only file of weights there is under another name. The checkpoint's `where` says which it was.
 *
 * @param weightsKey the container in files of torch.save to take the weights from
 * @throws SourceError if there are no weights, or several to choose from; FormatError if they are malformed
 */
export async function openCheckpoint(repository: Repository, weightsKey?: string): Promise<Checkpoint> {
  const { where, weightsFile } = repository;
  if (weightsFile !== undefined) {
    const source = await repository.open(weightsFile);
    if (source === undefined) throw new SourceError(`${where}: expected a weights file, got no such file`);
    if (weightsFile.endsWith('.onnx')) {
      throw new SourceError(
        `${where}: expected a .safetensors, .pth or .bin file, got an ONNX model; name the checkpoint that it was made of`,
      );
    }
    return openWeightsFile(source, where, weightsKey);
  }
  for (const { single, index } of NAMES) {
    const source = await repository.open(single);
    if (source !== undefined) return openWeightsFile(source, `${where}/${single}`, weightsKey);
    const text = await readText(repository, index);
    if (text !== undefined)
      return openSharded(text, `${where}/${index}`, (file) => repository.open(file), weightsKey);
  }
  return openOnlyFile(repository, weightsKey);
}

async function openOnlyFile(repository: Repository, weightsKey?: string): Promise<Checkpoint> {
  const { where } = repository;
  const names = ((await repository.list()) ?? []).sort();
  const [only, ...others] = names.filter((name) => NAMED_FREELY.test(name) && !SHARD.test(name));
  if (only !== undefined && others.length === 0) {
    const source = await repository.open(only);
    if (source !== undefined) return openWeightsFile(source, `${where}/${only}`, weightsKey);
  }
  const found = names.filter((name) => WEIGHTS_ENDING.test(name) || /\.(onnx|gguf)$/.test(name));
  const expected = NAMES.map(({ single }) => single).join(', ');
  throw new SourceError(
    `${where}: expected ${expected}, the index of their shards, or one file of weights under another name, got ${found.join(', ') || 'none of them'}${found.length > 0 ? '; name the file itself' : ''}`,
  );
}
