/** PNG files of every kind, byte for byte against Pillow and transformers. */
import { readFileSync } from 'node:fs';
import { decodeImage } from '../images/decode-image.ts';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';

const bytes = new Uint8Array(readFileSync(new URL('fixtures/pngs.safetensors', import.meta.url)));
const file = await openSafetensors(memorySource(bytes), 'pngs.safetensors');
const names = [...file.tensors.keys()].filter((key) => key.endsWith('.file')).map((key) => key.slice(0, -5));

test.each(names)('%s', async (name) => {
  const { width, height, data } = await decodeImage(await file.read(`${name}.file`), name);
  expect([height, width, 3]).toEqual(file.tensors.get(`${name}.rgb`)?.shape);
  expect(Buffer.compare(data, await file.read(`${name}.rgb`))).toBe(0);
});
