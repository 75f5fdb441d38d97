/** Images that visual verbs have made, by what stands in them: a second run must not take those of the first for photographs. */
import { open, stat } from 'node:fs/promises';
import { expandImages } from '../expand-images.ts';
import { note, printable } from '../messages.ts';

/** What the PNG files of this command say of themselves. */
export const MADE_HERE = { text: { Software: 'dinov2-tfjs' } } as const;

/** It stands behind the header, of 8 + 25 bytes; see `encodePngRows`. */
const START = 8 + 25;
const NOTE = `Software\0${MADE_HERE.text.Software}`;
/** Its length, its type and itself. */
const CHUNK = `\0\0\0${String.fromCharCode(NOTE.length)}tEXt${NOTE}`;

/**
 * The images of a command line, as `expandImages` gives them, but for those that visual verbs have made, if there are others beside
 * them: an output stands in the folder of its image more often than not, and a second run is meant for the images.
 *
 * @throws as `expandImages` does
 */
export async function imagesToSee(words: readonly string[]): Promise<string[]> {
  const all = await expandImages(words);
  const made = new Set<string>();
  for (const path of all) if (await isMadeHere(path)) made.add(path);
  const [first] = made;
  if (first === undefined || made.size === new Set(all).size) return all;
  const others = made.size === 1 ? '' : ` and ${made.size - 1} more`;
  note(`${printable(first)}${others}: passed over, made by this command; name such images alone to see them`);
  return all.filter((path) => !made.has(path));
}

async function isMadeHere(path: string): Promise<boolean> {
  if (!/\.png$/i.test(path)) return false;
  // what can't be read is told when its turn comes; a pipe, which is read once, is left to that
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const file = isFile ? await open(path).catch(() => undefined) : undefined;
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK.length), 0, CHUNK.length, START);
    return buffer.toString('latin1', 0, bytesRead) === CHUNK;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
