/** A model saved into a folder that may hold an older one, and more. */
import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../errors/code-of.ts';
import { SourceError } from '../../errors/errors.ts';
import type { Checkpoint } from '../checkpoint.ts';
import {
  OWN_FILES,
  plannedFiles,
  type WriteFolderOptions,
  writeFolder,
  writeModelFiles,
} from './write-folder-node.ts';
import { explained } from './write-whole-node.ts';

/**
 * Writes the files of `writeFolder` beside what else is in a folder.
 *
 * All are written and on the device before the first takes its name, so that a full disk, an error or the signal leaves the old
 * ones; then each is renamed, and files of an older model that the new one has not are removed.
 *
 * @param files texts by their names, such as `config.json`
 * @returns the names of the files
 * @throws SourceError if one of the files is there already and `overwrite` is off, or the file system fails; what
 *   `writeFolder` throws
 */
export async function saveFolder(
  checkpoint: Checkpoint,
  files: Readonly<Record<string, string>>,
  folder: string,
  options: WriteFolderOptions = {},
): Promise<string[]> {
  const planned = plannedFiles(checkpoint, files, folder, options);
  const found = await requireSavable(folder, options);
  if (found.length === 0) {
    await writeFolder(checkpoint, files, folder, options);
    return planned;
  }
  const old = found.filter((name) => OWN_FILES.test(name));
  const staging = join(folder, `.saving-${process.pid}-${randomBytes(4).toString('hex')}`);
  try {
    await writeModelFiles(checkpoint, files, staging, options);
    options.signal?.throwIfAborted();
    for (const name of planned) await rename(join(staging, name), join(folder, name));
    for (const name of old) if (!planned.includes(name)) await rm(join(folder, name));
  } catch (error) {
    throw explained(folder, error);
  } finally {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
  return planned;
}

/**
 * Refuses a folder that holds a model already, unless it may be replaced.
 *
 * @returns what is in it
 * @throws SourceError
 */
export async function requireSavable(
  folder: string,
  { overwrite }: Pick<WriteFolderOptions, 'overwrite'>,
): Promise<string[]> {
  const found = await entriesOf(folder);
  const old = found.find((name) => OWN_FILES.test(name));
  if (old === undefined || overwrite === true) return found;
  throw new SourceError(
    `${folder}: expected a folder without a model, got one with ${old}; choose another or overwrite it`,
  );
}

/** What is in a folder; nothing where there is none, which whoever writes it finds out about. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw explained(folder, error);
  }
}
