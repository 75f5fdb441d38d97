/** Where the images of a command line come from: files, addresses, standard input. */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { codeOf } from '../errors/code-of.ts';
import { type NamedImage, SourceError } from '../lib/index.ts';

/** The word for standard input; a file of this name is written `./-`. */
export const STDIN = '-';

let input: Promise<Uint8Array> | undefined;

/** All bytes of standard input, which are read once. */
export function readStdin(): Promise<Uint8Array> {
  input ??= buffer(process.stdin);
  return input;
}

/** Whether a word is an address that is fetched, or an image inside of its own address, and no path. */
export function isAddress(word: string): boolean {
  return /^(https?:\/\/|data:|file:\/\/)/i.test(word);
}

/**
 * An image as the library reads it: an address, also of a file, so that a thread may read it; what can be read only here, such as
 * a pipe, by its bytes.
 *
 * @param word as `expandImages` gives it
 * @throws SourceError of a name that can be none, or a pipe that can't be read
 */
export async function imageOf(word: string): Promise<Uint8Array | string> {
  if (word === STDIN) return readStdin();
  if (isAddress(word)) return word;
  try {
    const found = statSync(word, { throwIfNoEntry: false });
    const isPipe = found?.isFIFO() === true || found?.isCharacterDevice() === true;
    return isPipe ? await readFile(word) : pathToFileURL(word).href;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    throw new SourceError(`${shownName(word)}: expected an image that can be read, got ${code}`);
  }
}

/** Longer addresses are cut. */
const LONGEST = 200;

/** What messages call an image. */
export function shownName(word: string): string {
  if (word === STDIN) return 'stdin';
  return word.length > LONGEST && isAddress(word) ? `${word.slice(0, LONGEST)}…` : word;
}

/**
 * Images with their names, each looked for when its turn comes.
 *
 * @param words as `expandImages` gives them
 */
export function* namedImages(words: readonly string[]): Generator<NamedImage> {
  for (const word of words) {
    const image = imageOf(word);
    // what can't be read is said by whoever awaits it, which may be later
    image.catch(() => undefined);
    yield { name: shownName(word), image };
  }
}
