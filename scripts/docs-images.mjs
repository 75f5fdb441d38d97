/**
 * Draws the images of docs/seeing-features.md, of the example images and the bundled model.
 *
 * Run by `npm run docs:images`, from the built package. The same bytes every time, on every machine.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as drawings from './docs-images/drawings.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
mkdirSync('docs/images', { recursive: true });
for (const [name, draw] of Object.entries(drawings)) {
  const bytes = await draw();
  writeFileSync(`docs/images/${name}.png`, bytes);
  console.log(`docs/images/${name}.png: ${bytes.length} bytes`);
}
