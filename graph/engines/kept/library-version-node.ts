/** Which library this is, to the build. */
import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** From `dist/cli/`, from the sources, and from the rest of `dist/`. */
const PLACES = ['../../package.json', '../../../package.json', '../../../../package.json'];

/**
 * The version of the package and, for those who change it, of its build. Bundles, whose files stand elsewhere, have the
 * latter alone.
 */
export async function libraryVersion(): Promise<readonly unknown[]> {
  // bundlers leave nothing of it in files of CommonJS
  const own: string | undefined = import.meta.url;
  const found = own === undefined ? [] : PLACES.map((place) => versionIn(fileURLToPath(new URL(place, own))));
  const versions = (await Promise.all(found)).filter((version) => version !== undefined);
  const program = own === undefined ? process.argv[1] : fileURLToPath(own);
  const stats = program === undefined ? undefined : await stat(program).catch(() => undefined);
  return [versions, stats?.size, stats?.mtimeMs];
}

async function versionIn(path: string): Promise<unknown> {
  try {
    const { name, version }: Readonly<Record<string, unknown>> = JSON.parse(await readFile(path, 'utf8'));
    return [name, version];
  } catch {
    return undefined;
  }
}
