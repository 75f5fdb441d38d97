/** The package that the command is of: its version, and what comes with it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One folder up from the sources, two from `dist/cli`. */
const PLACES = ['../package.json', '../../package.json'];
const FILE = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(existsSync) ?? '';

/** The version in `package.json`. */
export function packageVersion(): string {
  const found: unknown = FILE === '' ? undefined : JSON.parse(readFileSync(FILE, 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'unknown';
}

/** A file or folder that comes with the package, as it is written in a shell in the folder where the command runs. */
function inPackage(path: string): string {
  const full = join(dirname(FILE), path);
  const near = relative(process.cwd(), full);
  const shorter = near.length < full.length ? near : full;
  return /^[\w@./\\:+-]+$/.test(shorter) ? shorter : `'${shorter}'`;
}

/** A classifier of handwritten digits. */
export const DIGITS_MODEL = inPackage('models/digits');
/** Ten images of them. */
export const DIGITS = inPackage('examples/pictures/digits');
/** Two hundred more, in folders that are their classes: `train` and `test`. */
export const DIGIT_CLASSES = inPackage('examples/pictures/digit-classes');
