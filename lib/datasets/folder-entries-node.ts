/** What is in folders: sorted, without what is hidden, through links. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../errors/code-of.ts';
import { SourceError } from '../../errors/errors.ts';
import { compareText } from '../../weights/write/name-order.ts';

/** A file or folder, or a link to one. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * What is in a folder, by its code points; links that lead nowhere are passed over.
 *
 * @throws SourceError if it is no folder
 */
export async function entriesOf(folder: string): Promise<Entry[]> {
  const found = await listed(folder);
  const entries: Entry[] = [];
  for (const entry of found) {
    if (entry.name.startsWith('.')) continue;
    const followed = entry.isSymbolicLink()
      ? await stat(join(folder, entry.name)).catch(() => undefined)
      : entry;
    if (followed === undefined || !(followed.isDirectory() || followed.isFile())) continue;
    entries.push({ name: entry.name, isFolder: followed.isDirectory() });
  }
  return entries.sort((a, b) => compareText(a.name, b.name));
}

async function listed(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const code = String(codeOf(error) ?? error);
    const got = { ENOENT: 'nothing of this name', ENOTDIR: 'a file' }[code] ?? code;
    throw new SourceError(`${folder}: expected a folder of images, got ${got}`, { cause: error });
  }
}

/** Every file below a folder, with slashes between; of folders that links lead back to, each once. */
export async function filesBelow(folder: string): Promise<string[]> {
  const seen = new Set<string>();
  const files: string[] = [];
  const below = async (path: string, prefix: string): Promise<void> => {
    const real = await realpath(path);
    if (seen.has(real)) return;
    seen.add(real);
    for (const { name, isFolder } of await entriesOf(path)) {
      if (isFolder) await below(join(path, name), `${prefix}${name}/`);
      else files.push(prefix + name);
    }
  };
  await below(folder, '');
  return files;
}
