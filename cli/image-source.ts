/** Where the images of a command line come from. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

/**
 * An image as the library reads it: a file by its address, so that a thread may read it; what can be read only here, such as a
 * pipe, by its bytes.
 *
 * @param word as `expandImages` gives it
 * @throws what the file system throws of a name that can be none, or of a pipe
 */
export async function imageOf(word: string): Promise<Uint8Array | string> {
  const found = statSync(word, { throwIfNoEntry: false });
  const isPipe = found?.isFIFO() === true || found?.isCharacterDevice() === true;
  return isPipe ? readFile(word) : pathToFileURL(word).href;
}
