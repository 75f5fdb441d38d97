/** From the words of a command line to image files. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { IMAGE_ENDINGS, listedNames } from '../images/index.ts';
import { SourceError } from '../lib/index.ts';
import { isAddress, readStdin, STDIN } from './image-source.ts';
import { note } from './messages.ts';

/** The endings looked for in folders. */
const ENDINGS = new Set(IMAGE_ENDINGS);

const GLOB = /[*?[\]{}]/;

/** A word with the separator that globs and results have; on Windows, whose shells leave globs to commands, people type the other. */
function withSlashes(word: string): string {
  return process.platform === 'win32' && !isAddress(word) ? word.replaceAll('\\', '/') : word;
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}

/** How the names of a folder or glob are sorted. */
type Sorted = (names: readonly string[]) => string[];

/** By the codes of characters, as Python's `sorted` does: rows of outputs are paired with names by that. */
const byCodes: Sorted = (names) => [...names].sort();

/** The files, each once: links to folders may lead to a file by several ways, or in circles. */
async function eachOnce(paths: readonly string[]): Promise<string[]> {
  const folders = new Map<string, string>();
  const seen = new Set<string>();
  const once: string[] = [];
  for (const path of [...paths].sort((a, b) => a.length - b.length)) {
    const folder = dirname(path);
    const real = folders.get(folder) ?? (await realpath(folder));
    folders.set(folder, real);
    const place = join(real, basename(path));
    if (seen.has(place)) continue;
    seen.add(place);
    once.push(path);
  }
  return once;
}

/** Says how many files of a folder have endings that no image has. */
function sayPassedOver(folder: string, passedOver: readonly string[]): void {
  if (passedOver.length === 0) return;
  const counts = new Map<string, number>();
  for (const path of passedOver) {
    const ending = extname(path).toLowerCase() || 'without an ending';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const endings = [...counts].sort(([, a], [, b]) => b - a).map(([ending, count]) => `${count} ${ending}`);
  const files = passedOver.length === 1 ? '1 file' : `${passedOver.length} files`;
  note(
    `${folder}: passed over ${files} (${endings.join(', ')}); name a file, or use a glob, to have it tried`,
  );
}

/** The names that standard input lists, or itself, where it is an image. */
async function stdinImages(): Promise<string[]> {
  const bytes = await readStdin();
  const names = listedNames(bytes);
  if (names?.length === 0) {
    const got = bytes.length === 0 ? 'nothing' : 'empty lines';
    throw new SourceError(`stdin: expected names of images, one a line, or the bytes of one, got ${got}`);
  }
  return names ?? [STDIN];
}

/**
 * Expands files, folders (with everything below them but what is hidden) and globs to files.
 *
 * In folders, files with the endings of images are taken, and the number of the others is said; what a name or a glob asks
 * for is always taken. `-` is what standard input lists, each as it is, or the image in it. A name that is neither a file, a
 * folder nor a glob is returned as it is: whoever opens it reports it, and the other images are still done.
 *
 * @param words as given on the command line
 * @param sorted sorts the paths of each folder and glob
 * @returns paths in the order of the words
 * @throws SourceError if nothing is found at all
 */
export async function expandImages(words: readonly string[], sorted = byCodes): Promise<string[]> {
  const images: string[] = [];
  for (const word of words.map(withSlashes)) {
    if (word === STDIN) {
      images.push(...(await stdinImages()));
      continue;
    }
    const kind = await kindOf(word);
    if (kind === 'folder') {
      const { glob } = await import('tinyglobby');
      const names = await glob('**/*', { cwd: word, absolute: false });
      const found = sorted(await eachOnce(names.map((name) => `${word.replace(/\/+$/, '')}/${name}`)));
      const isImage = (path: string): boolean => ENDINGS.has(extname(path).toLowerCase());
      images.push(...found.filter(isImage));
      sayPassedOver(
        word,
        found.filter((path) => !isImage(path)),
      );
    } else if (kind === undefined && GLOB.test(word) && !isAddress(word)) {
      const { glob } = await import('tinyglobby');
      images.push(...sorted(await eachOnce(await glob(word, { absolute: isAbsolute(word) }))));
    } else {
      images.push(word);
    }
  }
  if (images.length === 0) {
    throw new SourceError(
      `images: expected at least one of ${[...ENDINGS].join(', ')}, got none in ${words.join(' ')}`,
    );
  }
  return images;
}
