/** Where the images of a command line come from: files, addresses, standard input. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

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

/** An image as the processor takes it: its bytes, or its address. */
export async function imageOf(word: string): Promise<Uint8Array | string> {
  if (word === STDIN) return readStdin();
  return isAddress(word) ? word : readFile(word);
}

/** Longer addresses are cut. */
const LONGEST = 200;

/** What messages call an image. */
export function shownName(word: string): string {
  if (word === STDIN) return 'stdin';
  return word.length > LONGEST && isAddress(word) ? `${word.slice(0, LONGEST)}…` : word;
}
