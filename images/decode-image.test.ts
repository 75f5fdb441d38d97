/** Decoding of files that are damaged, truncated or lie about themselves. */
import { readdirSync, readFileSync } from 'node:fs';
import { ImageError } from '../errors/errors.ts';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { decodeImage } from './decode-image.ts';

const FOLDER = new URL('../conformance/fixtures/images/', import.meta.url).pathname;
const names = readdirSync(FOLDER).map((file) => file.replace('.safetensors', ''));

async function encoded(name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(readFileSync(`${FOLDER}${name}.safetensors`));
  const file = await openSafetensors(memorySource(bytes), name);
  return file.read('image_file');
}

/** Decodes, and says whether there was an image or a clear error; anything else fails the test. */
async function outcome(bytes: Uint8Array): Promise<'image' | 'error'> {
  try {
    const { width, height, data } = await decodeImage(bytes, 'damaged.image');
    expect(data.length).toBe(width * height * 3);
    return 'image';
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError);
    expect((error as Error).message).toMatch(/^damaged\.image: /);
    expect((error as Error).message).not.toContain('\n');
    return 'error';
  }
}

test.each(names)('%s cut off anywhere gives an image or a clear error', async (name) => {
  const whole = await encoded(name);
  for (const share of [0.01, 0.1, 0.3, 0.5, 0.7, 0.9]) await outcome(whole.slice(0, whole.length * share));
  expect(await outcome(whole.slice(0, 12))).toBe('error');
});

test.each(names)('%s with bytes changed gives an image or a clear error', async (name) => {
  const whole = await encoded(name);
  let state = 12345;
  const next = (limit: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state % limit;
  };
  for (let round = 0; round < 8; round++) {
    const damaged = whole.slice();
    for (let i = 0; i < 4; i++) damaged[8 + next(damaged.length - 8)] = next(256);
    await outcome(damaged);
  }
});

test('an image that claims absurd dimensions is refused before memory is taken', async () => {
  const bmp = new Uint8Array(54);
  const view = new DataView(bmp.buffer);
  bmp.set([0x42, 0x4d]);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, 2 ** 30, true);
  view.setInt32(22, 2 ** 30, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  expect(await outcome(bmp)).toBe('error');

  const png = (await encoded('png-rgb')).slice();
  new DataView(png.buffer).setUint32(16, 2 ** 31 - 1);
  new DataView(png.buffer).setUint32(20, 2 ** 31 - 1);
  expect(await outcome(png)).toBe('error');
});
test.each(['jpeg-444', 'png-rgb', 'webp-lossy', 'gif', 'bmp-24'])(
  '%s is decoded alike from every kind of memory',
  async (name) => {
    const bytes = await encoded(name);
    const expected = await decodeImage(bytes);
    const other = await encoded(name === 'jpeg-444' ? 'jpeg-grey' : 'webp-lossless');
    const around = Buffer.concat([other, Buffer.of(0), bytes, other]);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 1)).subarray(1);
    shared.set(bytes);
    const begin = other.length + 1;
    const memories = [around.subarray(begin, begin + bytes.length), shared, new Blob([bytes.slice()])];
    for (const memory of memories) expect(await decodeImage(memory)).toEqual(expected);
  },
);
