/** From the words of a command line to picture files. */
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { SourceError } from '../errors/errors.ts';

/** The endings looked for in folders. */
const ENDINGS = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp']);

const GLOB = /[*?[\]{}]/;

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/**
 * Expands files, folders (with everything below them) and globs to files.
 *
 * A name that is neither a file, a folder nor a glob is returned as it is: whoever opens it reports it, and the
 * other pictures are still done.
 *
 * @param words as given on the command line
 * @returns paths in the order of the words; sorted within each folder and glob
 * @throws SourceError if nothing is found at all
 */
export async function expandPictures(words: readonly string[]): Promise<string[]> {
  const pictures: string[] = [];
  for (const word of words) {
    const kind = await kindOf(word);
    if (kind === 'folder' || (kind === undefined && GLOB.test(word))) {
      const { glob } = await import('tinyglobby');
      const found =
        kind === 'folder'
          ? await glob('**/*', { cwd: word, absolute: false })
          : await glob(word, { absolute: false });
      const named = kind === 'folder' ? found.map((name) => `${word.replace(/\/+$/, '')}/${name}`) : found;
      pictures.push(...named.filter((path) => ENDINGS.has(extname(path).toLowerCase())).sort());
    } else {
      pictures.push(word);
    }
  }
  if (pictures.length === 0) {
    throw new SourceError(
      `pictures: expected at least one of ${[...ENDINGS].join(', ')}, got none in ${words.join(' ')}`,
    );
  }
  return pictures;
}
