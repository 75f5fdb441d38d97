/** The checkout, seen from `dist/` and from the sources alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'tsconfig.json'))) folder = dirname(folder);
  return folder;
}

/** The folder of the checkout, which has `tsconfig.json`. */
export const ROOT = findRoot();
