/** The files that fuzzing starts from. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Original, readOriginal } from './check-mutant.ts';

/**
 * Reads the torch files of a folder that are not there to be refused.
 *
 * @param folder ends in a slash
 */
export async function readOriginals(folder: URL): Promise<Original[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.pth') && !name.startsWith('refused-'));
  return Promise.all(
    names.sort().map((name) => readOriginal(name, new Uint8Array(readFileSync(new URL(name, folder))))),
  );
}
