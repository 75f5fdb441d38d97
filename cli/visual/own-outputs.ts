/** The PNG files that visual verbs write say so: a second run must not take the outputs of the first for photographs, and replaces nothing else. */
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { OptionError } from '../../lib/index.ts';
import { expandImages } from '../expand-images.ts';
import { note, printable } from '../messages.ts';
import { writeError } from '../write-file.ts';
import { inNaturalOrder } from './natural-order.ts';

/** With this `encodePng` writes who made a file. */
export const OWN_OUTPUT = { text: { Software: 'dinov2-tfjs' } } as const;

/** Where the chunk begins: behind the signature, of 8 bytes, and IHDR, of 25; see `encodePngRows`. */
const START = 8 + 25;
const NOTE = `Software\0${OWN_OUTPUT.text.Software}`;
/** The length of its data, its type and the data. */
const CHUNK = `\0\0\0${String.fromCharCode(NOTE.length)}tEXt${NOTE}`;

/**
 * The images of a command line, as `expandImages` gives them, those of a folder or glob in the order in which people count: they may be
 * the frames of a film. Outputs of visual verbs are left out if there are others beside them: an output stands in the folder of its image
 * more often than not, and a second run is meant for the images.
 *
 * @throws as `expandImages` does
 */
export async function inputImages(words: readonly string[]): Promise<string[]> {
  const all = await expandImages(words, inNaturalOrder);
  const outputs = new Set<string>();
  for (const path of all) if (await isOwnOutput(path)) outputs.add(path);
  const [first] = outputs;
  if (first === undefined || outputs.size === new Set(all).size) return all;
  const others = outputs.size === 1 ? '' : ` and ${outputs.size - 1} more`;
  note(`${printable(first)}${others}: passed over, made by this command; name such images alone to see them`);
  return all.filter((path) => !outputs.has(path));
}

/**
 * Refuses outputs that would replace what somebody else has made, before hours of work are done for them.
 *
 * @param folder where they will be
 * @param names of the files that will be written
 * @throws OptionError if another file has one of the names; SourceError if a folder has
 */
export async function requireOwnOutputs(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory()) throw writeError(path, 'EISDIR');
    if (found === undefined || (await isOwnOutput(path))) continue;
    throw new OptionError(
      `--output: expected a folder in which no file of others is replaced, got ${folder}, where ${name} was not made by this command; name another folder`,
    );
  }
}

async function isOwnOutput(path: string): Promise<boolean> {
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
