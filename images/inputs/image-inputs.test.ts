/** Every kind of image that is taken gives the same pixels. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { cast, dispose, expandDims, fill, type Tensor, tensor3d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { ShapeError } from '../../errors/errors.ts';
import { BMP, pixelsOf, RGB, RGBA, SIZE } from './testing/small-image.ts';

/** A file of the image, which is removed when the tests are done. */
const folder = mkdtempSync(join(tmpdir(), 'dinov2-inputs-'));
const path = join(folder, 'an image.bmp');
writeFileSync(path, BMP);
afterAll(() => rmSync(folder, { recursive: true }));

const GREY = RGB.slice(0, 6);
const base64 = Buffer.from(BMP).toString('base64');

/** What gives the colours. */
const SAME: Record<string, unknown> = {
  'a Uint8Array': BMP,
  'a Buffer': Buffer.concat([RGB, BMP]).subarray(RGB.length),
  'an ArrayBuffer': BMP.buffer,
  'a Uint8Array of another realm': runInNewContext('Uint8Array').from(BMP),
  'a DataView': new DataView(BMP.buffer),
  'a Uint8ClampedArray': new Uint8ClampedArray(BMP),
  'a Blob': new Blob([BMP]),
  'a File': new File([BMP], 'a.bmp'),
  'a Response': new Response(BMP),
  'a path': path,
  'a file: URL': pathToFileURL(path),
  'a file: URL as text': pathToFileURL(path).href,
  'a data: URI in base64': `data:image/bmp;base64,${base64}`,
  'a data: URI whose base64 is escaped': `data:;base64,${encodeURIComponent(base64)}`,
  'a data: URI in capitals': `DATA:IMAGE/BMP;BASE64,${base64}`,
  'a data: URI, percent-encoded': `data:image/bmp,${[...BMP].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')}`,
  'a data: URL as an object': new URL(`data:image/bmp;base64,${base64}`),
  'a blob: URL': URL.createObjectURL(new Blob([BMP])),
  'RGB without channels': { ...SIZE, data: RGB },
  'RGB with channels': { ...SIZE, channels: 3, data: RGB },
  'RGB in an ArrayBuffer': { ...SIZE, channels: 3, data: RGB.slice().buffer },
  'RGB, clamped': { ...SIZE, channels: 3, data: new Uint8ClampedArray(RGB) },
  'RGB with a range': { ...SIZE, data: RGB, range: [0, 255] },
  'RGBA, as ImageData': { ...SIZE, data: RGBA, colorSpace: 'srgb' },
  'RGBA with channels': { ...SIZE, channels: 4, data: RGBA },
  'raw pixels of sharp': {
    data: Buffer.from(RGB),
    info: { ...SIZE, channels: 3, format: 'raw', premultiplied: false },
  },
  'an encoded file of sharp': { data: Buffer.from(BMP), info: { ...SIZE, channels: 3, format: 'bmp' } },
  'RGBA of pngjs, of a file with a palette': {
    ...SIZE,
    data: Buffer.from(RGBA),
    palette: [[1, 2, 3, 255]],
    depth: 8,
  },
  'an image of jimp': { bitmap: { ...SIZE, data: Buffer.from(RGBA) } },
  'floats from 0 to 1': { ...SIZE, data: Float32Array.from(RGB, (value) => value / 255), range: [0, 1] },
  'doubles from 0 to 255': { ...SIZE, data: Float64Array.from(RGB, (value) => value + 0.4), range: [0, 255] },
  'words of 16 bits': { ...SIZE, data: Uint16Array.from(RGB, (value) => value * 257), range: [0, 65535] },
  'words of 8 bits': { ...SIZE, data: Uint16Array.from(RGB), range: [0, 255] },
};

test.each(Object.keys(SAME))('%s', async (kind) => {
  expect(await pixelsOf(SAME[kind])).toEqual({ data: RGB, shape: [1, 2, 3, 3] });
});

test('grey, grey with alpha, and several in one call', async () => {
  const grey = { ...SIZE, data: GREY };
  const alpha = { ...SIZE, data: Uint8Array.from({ length: 12 }, (_, i) => (i % 2 ? 0 : 9)), channels: 2 };
  const { data } = await pixelsOf([grey, alpha, { ...grey, channels: 1 }]);
  const expected = [...GREY].flatMap((value) => [value, value, value]);
  expect([...data]).toEqual([...expected, ...expected.map(() => 255), ...expected]);
});

test('a tensor, which stays', async () => {
  await setDevice('cpu');
  const pixels = tensor3d(RGB, [2, 3, 3], 'int32');
  const alpha = tensor3d(Uint8Array.from(RGBA), [2, 3, 4], 'int32');
  expect((await pixelsOf(pixels)).data).toEqual(RGB);
  expect((await pixelsOf(alpha)).data).toEqual(RGB);
  const wrong: [Tensor, RegExp][] = [
    [cast(pixels, 'float32'), /int32 from 0 to 255, got float32; pass \{data: await tensor\.data\(\)/],
    [expandDims(pixels), /\[height, width, channels\], got \[1, 2, 3, 3\]; pass tf\.unstack/],
    [fill([2, 3, 3], 256, 'int32'), /values from 0 to 255, got 256 at 0/],
  ];
  for (const [given, message] of wrong) await expect(pixelsOf(given)).rejects.toThrow(message);
  pixels.dispose();
  await expect(pixelsOf(pixels)).rejects.toThrow(ShapeError);
  alpha.dispose();
  dispose(wrong.map(([given]) => given));
});
