/** From a model to a folder, or files in memory, that transformers and this library load. */
import { joined } from '../../bytes/joined.ts';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { bool, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { tensorTotals } from '../../weights/tensor-totals.ts';
import { FILE_METADATA } from '../../weights/write/file-metadata.ts';
import { writeSafetensors } from '../../weights/write/write-safetensors.ts';
import type { AnyModel } from '../families/families.ts';
import { SAVED_FILES_OPTIONS, type SavedFilesOptions, savedModel } from './saved-model.ts';

/** How a model is saved into a folder. */
export const SAVE_OPTIONS = {
  /** bytes of values in one file, such as `5GB`; default `50GB`, that of transformers */
  maxShardSize: value<string | number>({
    flag: '--max-shard-size <size>',
    help: 'largest file of weights, such as 5GB (default: 50GB)',
  }),
  /** whether an old model in the folder may be replaced; default false */
  overwrite: bool({ default: false, flag: '--overwrite', help: 'replace a model that is there already' }),
  /** called as tensors are written: bytes of values so far, and in all */
  onWrite: value<(written: number, total: number) => void>(),
  /** leaves the folder as it was when it is aborted before the end */
  signal: value<AbortSignal>(),
};

/** How a model is saved into a folder, and what stands beside its weights. */
export interface SaveOptions extends OptionsOf<typeof SAVE_OPTIONS>, SavedFilesOptions {}

/** What was saved. */
export interface SavedFolder {
  /** the files, by their names in the folder */
  readonly files: readonly string[];
  /** bytes of the weights */
  readonly bytes: number;
  /** what whoever loads it may not expect */
  readonly warnings: readonly string[];
}

/**
 * Saves a model as transformers' `save_pretrained` does: `config.json`, `model.safetensors` (or several, with their index)
 * in float32 under transformers' names, and `preprocessor_config.json`.
 *
 * Everything is written and on the device before the first file takes its name: a full disk, an error or the signal leaves what
 * was there. What else is in the folder stays. One tensor is copied at a time. Needs Node.
 *
 * @param model of any class; borrowed, and not to be changed meanwhile
 * @param folder made if it is not there
 * @throws SourceError if there is a model already and `overwrite` is off, or the file system fails; OptionError;
 *   Dinov2Error after `dispose`
 */
export async function savePretrained(
  model: AnyModel,
  folder: string,
  options: SaveOptions = {},
): Promise<SavedFolder> {
  const given = readOptions('savePretrained', options, { ...SAVE_OPTIONS, ...SAVED_FILES_OPTIONS });
  if (typeof folder !== 'string' || folder === '' || folder.endsWith('.safetensors'))
    throw new OptionError(`savePretrained: expected the name of a folder, got ${shown(folder)}`);
  requireNode(folder);
  const { weights, texts, orderName, warnings } = await savedModel('savePretrained', model, given);
  const { maxShardSize, overwrite, signal, onWrite } = given;
  const { saveFolder } = await import('#node/weights/write/save-folder');
  const files = await saveFolder(weights, texts, folder, {
    ...{ maxShardSize, overwrite, signal, orderName },
    ...(onWrite && { onProgress: onWrite }),
  });
  return { files, bytes: tensorTotals(weights).bytes, warnings };
}

/**
 * Refuses a folder that `savePretrained` would refuse, before there is a model to save. Needs Node.
 *
 * @throws SourceError if there is a model already and `overwrite` is off
 */
export async function requireFreeFolder(
  folder: string,
  { overwrite }: Pick<SaveOptions, 'overwrite'> = {},
): Promise<void> {
  requireNode(folder);
  const { requireSavable } = await import('#node/weights/write/save-folder');
  await requireSavable(folder, { overwrite });
}

/**
 * The files of `savePretrained` in memory, with the weights in one, for pages and for `fromPretrained`, which takes them
 * as they are.
 *
 * @param model of any class; borrowed, and not to be changed meanwhile
 * @returns the bytes of each file by its name
 * @throws OptionError; Dinov2Error after `dispose`
 */
export async function pretrainedFiles(
  model: AnyModel,
  options: SavedFilesOptions = {},
): Promise<Record<string, Uint8Array>> {
  const given = readOptions('pretrainedFiles', options, SAVED_FILES_OPTIONS);
  const { weights, texts } = await savedModel('pretrainedFiles', model, given);
  const pieces: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void pieces.push(bytes), close: async () => undefined };
  await writeSafetensors(weights, [...weights.tensors.values()], sink, { metadata: FILE_METADATA });
  const encoder = new TextEncoder();
  const encoded = Object.entries(texts).map(([name, text]) => [name, encoder.encode(text)] as const);
  return { ...Object.fromEntries(encoded), 'model.safetensors': joined(pieces) };
}
