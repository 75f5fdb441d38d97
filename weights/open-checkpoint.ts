/** The weights of a repository, whichever files hold them. */
import { SourceError } from '../errors/errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Repository, readText } from './repositories/repository.ts';
import { openSafetensors } from './safetensors/open-safetensors.ts';
import { openSharded } from './safetensors/open-sharded.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/**
 * Opens `model.safetensors`, the shards of its index, or the file that the source itself named.
 *
 * @throws SourceError if there are no weights; FormatError if they are malformed
 */
export async function openCheckpoint(repository: Repository): Promise<Checkpoint> {
  const { where, weightsFile } = repository;
  const single = weightsFile ?? SINGLE;
  const source = await repository.open(single);
  if (source !== undefined)
    return openSafetensors(source, weightsFile === undefined ? `${where}/${single}` : where);
  const index = weightsFile === undefined ? await readText(repository, INDEX) : undefined;
  if (index !== undefined) return openSharded(index, `${where}/${INDEX}`, (file) => repository.open(file));
  const others = (await repository.list())?.filter((name) =>
    /\.(bin|pth|pt|onnx|gguf|safetensors)$/.test(name),
  );
  const found = others === undefined || others.length === 0 ? 'neither' : others.join(', ');
  throw new SourceError(`${where}: expected ${SINGLE} or ${INDEX}, got ${found}`);
}
