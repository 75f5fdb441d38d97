/** Folders with all that they are in. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those it is in, as far as they are not there: `mkdir` with `recursive`, which in Node never comes back from a
 * folder such as `/proc`, that is there and takes no other.
 *
 * @returns the outermost of what was made; undefined if all was there
 * @throws the error of the file system, EEXIST or ENOTDIR if a file is in the way
 */
export function makeFolders(path: string): string | undefined {
  if (isFolder(path)) return undefined;
  const above = dirname(path);
  const made = above === path ? undefined : makeFolders(above);
  try {
    mkdirSync(path);
    return made ?? path;
  } catch (error) {
    // another program may have made it meanwhile
    if (!isFolder(path)) throw error;
    return made;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
