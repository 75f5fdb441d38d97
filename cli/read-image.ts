/** The one place where a name of a command line becomes an image. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { ImageInput } from '../lib/index.ts';

/**
 * @param name as `expandImages` gives it
 * @returns what the library reads: a file by its address, so that a thread may read it; what can be read only here, such as
 *   a pipe, by its bytes
 * @throws what the file system throws of a name that can be none, or of a pipe
 */
export async function imageOf(name: string): Promise<ImageInput> {
  const found = statSync(name, { throwIfNoEntry: false });
  return found?.isFIFO() || found?.isCharacterDevice() ? readFile(name) : pathToFileURL(name);
}
