/** A folder, or a single weights file with its folder around it. */
import { access, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openFileSource } from './file-source-node.ts';
import { expandHome } from './hub/expand-path-node.ts';
import type { Repository } from './repository.ts';

/**
 * @param source a folder, or a `.safetensors` or `.pth` file, beside which `config.json` is looked for; `~` at its beginning is the user's
 *   folder
 * @returns undefined if there is nothing at the path
 */
export async function folderRepository(source: string | URL): Promise<Repository | undefined> {
  if (source instanceof URL && source.protocol !== 'file:') return undefined;
  const path = source instanceof URL ? fileURLToPath(source) : expandHome(source);
  let isFolder: boolean;
  try {
    isFolder = (await stat(path)).isDirectory();
  } catch {
    return undefined;
  }
  const folder = isFolder ? path : dirname(path);
  return {
    where: path,
    weightsFile: isFolder ? undefined : basename(path),
    async open(file) {
      const full = join(folder, file);
      try {
        await access(full);
      } catch {
        return undefined;
      }
      return openFileSource(full);
    },
    list: (inner = '') => readdir(join(folder, inner)).catch(() => []),
  };
}
