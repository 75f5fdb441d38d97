/** AVIF, JPEG 2000 and TIFF files of many kinds, against Pillow; and what is left of them, or damaged. */
import { readFileSync } from 'node:fs';
import { ImageError } from '../errors/errors.ts';
import { decodeImage } from '../images/decode-image.ts';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';

const bytes = new Uint8Array(readFileSync(new URL('fixtures/formats.safetensors', import.meta.url)));
const fixtures = await openSafetensors(memorySource(bytes), 'formats.safetensors');
const names = [...fixtures.tensors.keys()]
  .filter((key) => key.endsWith('.file'))
  .map((key) => key.slice(0, -5));

test.each(names)('%s', async (name) => {
  const { width, height, data } = await decodeImage(await fixtures.read(`${name}.file`), name);
  expect([height, width, 3]).toEqual(fixtures.tensors.get(`${name}.rgb`)?.shape);
  expect(Buffer.compare(data, await fixtures.read(`${name}.rgb`))).toBe(0);
});

/** Decodes, and says whether there was an image; anything but that and a clear error fails the test. */
async function isDecoded(file: Uint8Array): Promise<boolean> {
  try {
    const { width, height, data } = await decodeImage(file, 'damaged');
    expect(data.length).toBe(width * height * 3);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError);
    expect((error as Error).message).toMatch(/^damaged: expected /);
    return false;
  }
}

test.each(names)('%s cut off or changed gives an image or a clear error', async (name) => {
  const whole = await fixtures.read(`${name}.file`);
  for (const share of [0.1, 0.5, 0.9]) await isDecoded(whole.slice(0, whole.length * share));
  expect(await isDecoded(whole.slice(0, 40))).toBe(false);
  let state = name.length;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state % limit;
  };
  for (let round = 0; round < 12; round++) {
    const damaged = whole.slice();
    for (let i = 0; i < 3; i++) damaged[12 + next(damaged.length - 12)] = next(256);
    await isDecoded(damaged);
  }
});

test.each([
  ['tiff-RGB', 'Deflate', 7, /got the compression JPEG; convert it to PNG$/],
  ['tiff-RGB', 'Group 4', 4, /got the compression CCITT Group 4; convert it to PNG$/],
] as const)('%s said to be compressed by %s is refused by name', async (name, _, compression, message) => {
  const file = (await fixtures.read(`${name}.file`)).slice();
  const view = new DataView(file.buffer);
  const start = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(start, true); i++) {
    const entry = start + 2 + 12 * i;
    if (view.getUint16(entry, true) === 259) view.setUint16(entry + 8, compression, true);
  }
  await expect(decodeImage(file, 'a.tif')).rejects.toThrow(message);
});

test('a file that claims a vast image is refused before memory is taken', async () => {
  const jp2 = (await fixtures.read('j2k-RGB.file')).slice();
  const view = new DataView(jp2.buffer);
  view.setUint32(8, 2 ** 30);
  view.setUint32(12, 2 ** 30);
  expect(await isDecoded(jp2)).toBe(false);
});

test('tiles that are larger by far than their image are refused', async () => {
  const file = (await fixtures.read('tiff-1-tile-16-False.file')).slice();
  const view = new DataView(file.buffer);
  const start = view.getUint32(4, true);
  for (let i = 0; i < view.getUint16(start, true); i++) {
    const entry = start + 2 + 12 * i;
    if ([322, 323].includes(view.getUint16(entry, true))) view.setUint16(entry + 8, 65000, true);
  }
  await expect(decodeImage(file, 'a.tif')).rejects.toThrow(/got blocks of 65000×65000 pixels/);
  for (let i = 0; i < view.getUint16(start, true); i++) {
    const entry = start + 2 + 12 * i;
    if (view.getUint16(entry, true) === 322) view.setUint16(entry + 8, 0, true);
  }
  await expect(decodeImage(file, 'a.tif')).rejects.toThrow(/got blocks of 0×65000 pixels/);
});
