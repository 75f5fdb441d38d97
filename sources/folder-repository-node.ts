/** A folder, or a single weights file with its folder around it. */
import { access, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isUrl } from '../bytes/tag-of.ts';
import { openFileSource } from './file-source-node.ts';
import { isFileUrl, pathOfFileUrl } from './file-url-node.ts';
import { expandHome } from './hub/expand-path-node.ts';
import { namesIn } from './names-in-node.ts';
import type { Repository } from './repository.ts';

/**
 * @param source a folder, or a `.safetensors` or `.pth` file, beside which `config.json` is looked for, or the `file:`
 *   URL of one; `~` at the beginning of a path is the user's folder
 * @returns undefined if there is nothing at the path
 */
export async function folderRepository(source: string | URL): Promise<Repository | undefined> {
  const isFile = isFileUrl(source);
  if (isUrl(source) && !isFile) return undefined;
  const path = isFile ? pathOfFileUrl(source, 'source') : expandHome(String(source));
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
    list: (inner = '') => namesIn(join(folder, inner)),
  };
}
