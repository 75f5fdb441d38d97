/** A model's folder: its weights, and the files beside them. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { OptionError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { FILE_METADATA } from './file-metadata.ts';
import { openFileSink, writeBytes } from './file-sink-node.ts';
import { parseSize } from './parse-size.ts';
import { planShards } from './plan-shards.ts';
import type { WriteFileOptions } from './write-file.ts';
import { writeSafetensors } from './write-safetensors.ts';
import { requireFreeTarget, writeWhole } from './write-whole-node.ts';

/** How a model's folder is written. */
export interface WriteFolderOptions extends WriteFileOptions {
  /** bytes of values in one file, such as `5GB`; default `50GB`, that of transformers */
  maxShardSize?: string | number | undefined;
  /** the name by which a tensor takes its place in shards; default that in the file */
  orderName?: ((name: string) => string) | undefined;
  /** called after each tensor with the bytes of values that are written, and those of all tensors */
  onProgress?: (written: number, total: number) => void;
}

const DEFAULT_SHARD_SIZE = '50GB';
const INDEX = 'model.safetensors.index.json';

/** What stands in a folder that this library or transformers wrote. */
export const OWN_FILES =
  /^(config\.json|preprocessor_config\.json|model(-\d{5}-of-\d{5})?\.safetensors|model\.safetensors\.index\.json)$/;

/**
 * Writes a checkpoint and the files beside it as transformers' `save_pretrained` does: `model.safetensors`, or several
 * files and their index.
 *
 * The folder appears when it is complete; what fails, or is stopped, leaves nothing. A tensor is in memory while it is
 * written, and the one after it.
 *
 * @param checkpoint left open
 * @param files texts by their names, such as `config.json`
 * @param target the folder; or a `.safetensors` file, which holds the weights alone, in one piece
 * @throws OptionError if `maxShardSize` can't be used; SourceError if the target can't be written; what reading throws
 */
export async function writeFolder(
  checkpoint: Checkpoint,
  files: Readonly<Record<string, string>>,
  target: string,
  options: WriteFolderOptions = {},
): Promise<void> {
  if (!isFile(target)) {
    await writeWhole(target, { ...options, replaceable: OWN_FILES }, (folder) =>
      writeModelFiles(checkpoint, files, folder, options),
    );
    return;
  }
  const tensors = [...checkpoint.tensors.values()];
  const total = sizeOf(tensors);
  const { maxShardSize } = options;
  if (maxShardSize !== undefined && total > parseSize(maxShardSize, 'maxShardSize')) {
    throw new OptionError(
      `${target}: expected room for ${total} bytes in one file, got maxShardSize ${maxShardSize}; name a folder instead`,
    );
  }
  const writeWeights = weightsWriter(checkpoint, options);
  await writeWhole(target, options, (path) => writeWeights(path, tensors));
}

/**
 * Writes the files of `writeFolder` into a folder that is made for them; what fails leaves it half full.
 *
 * @param folder one that is not there
 * @throws OptionError if `maxShardSize` can't be used; what the file system and reading throw
 */
export async function writeModelFiles(
  checkpoint: Checkpoint,
  files: Readonly<Record<string, string>>,
  folder: string,
  options: WriteFolderOptions,
): Promise<void> {
  const limit = parseSize(options.maxShardSize ?? DEFAULT_SHARD_SIZE, 'maxShardSize');
  const { shards, index } = planShards(checkpoint.tensors.values(), limit, options.orderName);
  const texts = index === undefined ? files : { ...files, [INDEX]: index };
  const writeWeights = weightsWriter(checkpoint, options);
  await mkdir(folder);
  for (const { file, tensors } of shards) await writeWeights(join(folder, file), tensors);
  for (const [name, text] of Object.entries(texts)) await writeBytes(join(folder, name), text);
}

function sizeOf(tensors: Iterable<TensorInfo>): number {
  let size = 0;
  for (const { byteLength } of tensors) size += byteLength;
  return size;
}

/** Writes tensors of a checkpoint as one file, and says how much of the whole has been written by then. */
function weightsWriter(
  checkpoint: Checkpoint,
  { signal, onProgress }: WriteFolderOptions,
): (path: string, part: readonly TensorInfo[]) => Promise<void> {
  const total = sizeOf(checkpoint.tensors.values());
  let written = 0;
  return async (path, part) => {
    const sink = await openFileSink(path);
    try {
      await writeSafetensors(checkpoint, part, sink, {
        metadata: FILE_METADATA,
        signal,
        onTensor(byteLength) {
          written += byteLength;
          onProgress?.(written, total);
        },
      });
    } catch (error) {
      await sink.close().catch(() => undefined);
      throw error;
    }
    await sink.close();
  };
}

/**
 * Refuses what `writeFolder` would refuse to write to.
 *
 * @throws SourceError
 */
export async function requireFolderTarget(
  target: string,
  { overwrite }: Pick<WriteFolderOptions, 'overwrite'>,
): Promise<void> {
  await requireFreeTarget(target, isFile(target) ? { overwrite } : { overwrite, replaceable: OWN_FILES });
}

/** The names of the files that `writeFolder` would write, of the same arguments. */
export function plannedFiles(
  checkpoint: Pick<Checkpoint, 'tensors'>,
  files: Readonly<Record<string, string>>,
  target: string,
  { maxShardSize = DEFAULT_SHARD_SIZE, orderName }: WriteFolderOptions = {},
): string[] {
  const limit = parseSize(maxShardSize, 'maxShardSize');
  if (isFile(target)) return [basename(target)];
  const { shards, index } = planShards(checkpoint.tensors.values(), limit, orderName);
  const weights = shards.map(({ file }) => file);
  return [...weights, ...(index === undefined ? [] : [INDEX]), ...Object.keys(files)];
}

/** Whether a target is one file of weights rather than a folder. */
function isFile(target: string): boolean {
  return target.endsWith('.safetensors');
}
