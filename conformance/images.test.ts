/** Every encoded picture, from its bytes to pixel values, against transformers with both of its backends. */
import { readdirSync, readFileSync } from 'node:fs';
import { memorySource } from '../weights/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { checkPicture } from './testing/check-picture.ts';

const FOLDER = new URL('fixtures/images/', import.meta.url).pathname;
const names = readdirSync(FOLDER).map((file) => file.replace('.safetensors', ''));

test.each(names)('%s', async (name) => {
  const bytes = new Uint8Array(readFileSync(`${FOLDER}${name}.safetensors`));
  expect(await checkPicture(await openSafetensors(memorySource(bytes), name))).toEqual([]);
});
