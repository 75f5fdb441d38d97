/** Files and folders that are whole or absent. */
import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SourceError } from '../../errors/errors.ts';
import { makeFolders } from '../../platform/make-folders-node.ts';
import type { WriteFileOptions } from './write-file.ts';

/** How something whole is written. */
interface WholeOptions extends WriteFileOptions {
  /** for a folder: names of files in an old one that may go with it; one with others is not replaced, nor is a file */
  replaceable?: RegExp;
}

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; make room or choose another place',
  EDQUOT: 'the quota is used up; make room or choose another place',
  ENOTEMPTY: 'something else was put there meanwhile; try again',
  EBUSY: 'it may be the place of a mounted disk; name a folder inside it',
  EXDEV: 'it may be the place of a mounted disk; name a folder inside it',
  EROFS: 'this file system can only be read; choose another place',
};

/** The code of a failure of the file system, such as ENOENT; undefined for other errors. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error && 'syscall' in error))
    return undefined;
  return String(error.code);
}

/** A failure of the file system in the words of this library; other errors as they are. */
export function explained(target: string, error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  const remedy = REMEDIES[code] ?? 'check the folder and its rights';
  return new SourceError(`${target}: expected to write this file, got ${code}; ${remedy}`, {
    cause: error,
  });
}

/**
 * Refuses a target that is there already and must not be replaced.
 *
 * An empty folder is as good as none. A folder is only replaced if nothing is in it that `replaceable` does not name,
 * so that no slip of the hand removes what somebody keeps there.
 *
 * @returns what is there
 */
async function requireReplaceable(
  target: string,
  path: string,
  options: WholeOptions,
): Promise<Stats | undefined> {
  const found = await lstat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (!found.isDirectory() && !found.isFile() && !found.isSymbolicLink()) {
    throw new SourceError(`${target}: expected a file or a folder, got something else, such as a device`);
  }
  const entries = found.isDirectory() ? await readdir(path, { withFileTypes: true }) : undefined;
  if (entries?.length === 0) return found;
  if (options.overwrite !== true) {
    const kind = entries === undefined ? 'a file' : 'a folder with files in it';
    throw new SourceError(
      `${target}: expected nothing of this name, got ${kind}; choose another or overwrite it`,
    );
  }
  if (entries === undefined && options.replaceable !== undefined) {
    throw new SourceError(
      `${target}: expected a folder, got a file; choose another name or remove it yourself`,
    );
  }
  const kept = entries?.find(
    (entry) => entry.isDirectory() || options.replaceable?.test(entry.name) !== true,
  );
  if (kept !== undefined) {
    throw new SourceError(
      `${target}: expected a folder with nothing but a model in it, got one with ${kept.name}; choose another or remove it yourself`,
    );
  }
  return found;
}

/** The absolute path of a target. A link stays, and what it leads to is replaced. */
async function pathOf(target: string): Promise<string> {
  if (target === '')
    throw new SourceError('target: expected the name of a file or a folder, got an empty text');
  return realpath(target).catch(() => resolve(target));
}

/**
 * Refuses, before anything is written, the targets that `writeWhole` would refuse.
 *
 * @throws SourceError
 */
export async function requireFreeTarget(target: string, options: WholeOptions): Promise<void> {
  const path = await pathOf(target);
  try {
    await requireReplaceable(target, path, options);
  } catch (error) {
    throw explained(target, error);
  }
}

/** Codes of renaming a folder to where another one with files in it is. */
const OCCUPIED: readonly string[] = ['ENOTEMPTY', 'EEXIST'];

/** Renames what is complete; no system renames a folder over another, so that an old one is renamed aside before. */
async function putInPlace(
  temporary: string,
  path: string,
  found: Stats | undefined,
  aside: string,
): Promise<void> {
  if (found === undefined || !(found.isDirectory() || (await lstat(temporary)).isDirectory())) {
    return rename(temporary, path);
  }
  await rename(path, aside);
  try {
    await rename(temporary, path);
  } catch (error) {
    await rename(aside, path).catch(async (failure: unknown) => {
      // somebody else has put something whole there meanwhile: what is aside was to go in any case
      if (!OCCUPIED.includes(codeOf(failure) ?? '')) throw failure;
      await rm(aside, { recursive: true, force: true });
    });
    throw error;
  }
  await rm(aside, { recursive: true, force: true }).catch(() => undefined);
}

/** Removes folders from the innermost to the outermost, as long as they are empty. */
async function removeEmpty(inner: string, outer: string): Promise<void> {
  const gone = await rmdir(inner).then(
    () => true,
    () => false,
  );
  if (gone && inner !== outer) await removeEmpty(dirname(inner), outer);
}

/**
 * Writes a file or folder under a temporary name beside its own, and renames it when it is complete.
 *
 * Whatever fails, and when the signal is aborted, what was written is removed and what had the name before is still
 * there.
 *
 * @param target the file or folder to make; folders above it are made too
 * @param write makes everything at the path it is given, which does not exist
 * @throws SourceError if the target may not be replaced or the file system fails; what `write` throws; the signal's reason
 */
export async function writeWhole(
  target: string,
  options: WholeOptions,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const path = await pathOf(target);
  const sibling = (kind: string): string =>
    join(dirname(path), `.${basename(path)}.${kind}-${process.pid}-${randomBytes(4).toString('hex')}`);
  const temporary = sibling('partial');
  let made: string | undefined;
  try {
    options.signal?.throwIfAborted();
    await requireReplaceable(target, path, options);
    made = makeFolders(dirname(path));
    await write(temporary);
    options.signal?.throwIfAborted();
    await putInPlace(temporary, path, await requireReplaceable(target, path, options), sibling('old'));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
    if (made !== undefined) await removeEmpty(dirname(path), made);
    throw explained(target, error);
  }
}
