/** Every encoded image, from its bytes to pixel values, against transformers with both of its backends, and timm. */
import { readdirSync, readFileSync } from 'node:fs';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { checkImage } from './testing/check-image.ts';

const FIXTURES = new URL('fixtures/', import.meta.url).pathname;
const names = ['images', 'processors'].flatMap((folder) =>
  readdirSync(`${FIXTURES}${folder}`).map((file) => `${folder}/${file.replace('.safetensors', '')}`),
);

test.each(names)('%s', async (name) => {
  const bytes = new Uint8Array(readFileSync(`${FIXTURES}${name}.safetensors`));
  expect(await checkImage(await openSafetensors(memorySource(bytes), name))).toEqual([]);
});
