/** What tells the files of one name apart. */
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isAddress } from './image-source.ts';

/**
 * The size of an image's file, and when it was last changed.
 *
 * @param word as `expandImages` gives it
 * @returns undefined for what is no file: addresses, standard input, pipes, and names of nothing
 */
export function fileVersion(word: string): string | undefined {
  try {
    const path = /^file:/i.test(word) ? fileURLToPath(word) : word;
    if (isAddress(path)) return undefined;
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isFile() ? `${found.size} ${found.mtimeMs}` : undefined;
  } catch {
    // whoever opens it says what is wrong
    return undefined;
  }
}
