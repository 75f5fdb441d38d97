/** Odd images of every kind, from their bytes to upright RGB, against Pillow and transformers. */
import { readFileSync } from 'node:fs';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { compareImage, oddImages } from './odd-images/compare.ts';

const path = new URL('fixtures/odd-images.safetensors', import.meta.url).pathname;
const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(path))), 'odd-images');

test.each(oddImages(file).map(({ kind }, index) => [kind, index] as const))('%s', async (_kind, index) => {
  expect(await compareImage(file, index)).toMatchObject({ refusal: undefined, differing: 0 });
});
