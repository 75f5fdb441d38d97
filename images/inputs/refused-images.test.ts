/** Refusals of values that are no image, in words that say what to pass, and of pixels whose meaning can't be told. */
import { Readable } from 'node:stream';
import { ImageError, OptionError } from '../../errors/errors.ts';
import { BMP, pixelsOf, RGB, RGBA, SIZE } from './testing/small-image.ts';

test.each<[string, unknown, RegExp]>([
  ['nothing', [undefined], /expected a file's bytes, a Blob, .* or a canvas, got undefined$/],
  ['null', null, /got null$/],
  ['a number', [7], /got 7$/],
  ['an empty object', {}, /got \{\}$/],
  ['a size alone', SIZE, /got \{width, height\}$/],
  ['a promise', Promise.resolve(BMP), /got a promise; await it$/],
  ['a stream of Node', Readable.from([BMP]), /got a stream; pass await buffer\(stream\)/],
  ['a stream of the web', new Blob([BMP]).stream(), /got a stream; pass new Response\(stream\)$/],
  ['an image of sharp', { toBuffer: () => BMP }, /pass await image\.toBuffer\(\)$/],
  ['a file handle', { getFile: () => BMP }, /pass await handle\.getFile\(\)$/],
  ['a set', new Set([BMP]), /got a Set; pass an array of what is in it$/],
  ['a list in a list', [[BMP]], /got an array; .* one flat list$/],
  [
    'floats without a size',
    Float32Array.from(RGB),
    /got a Float32Array without its size; pass \{data, width/,
  ],
  ['plain numbers', { ...SIZE, data: [...RGB] }, /whose data is of the kind Array; pass .* Uint8Array/],
  [
    'signed bytes',
    { ...SIZE, data: Int8Array.from(RGB) },
    /expected pixels in a Uint8Array, .*, got a Int8Array$/,
  ],
  ['signed words', { ...SIZE, data: Int16Array.from(RGB) }, /got a Int16Array$/],
  [
    'floats without a range',
    { ...SIZE, data: Float32Array.from(RGB) },
    /say their range, got none; add range: \[0, 1\]/,
  ],
  ['words without a range', { ...SIZE, data: Uint16Array.from(RGB) }, /say their range, got none/],
  [
    'a range of no meaning',
    { ...SIZE, data: Float32Array.from(RGB), range: [-1, 1] },
    /expected range to be .*, got \[-1,1\]$/,
  ],
  [
    'a range that is none',
    { ...SIZE, data: Float32Array.from(RGB), range: 255 },
    /expected range to be .*, got 255$/,
  ],
  [
    'bytes from 0 to 1',
    { ...SIZE, data: RGB, range: [0, 1] },
    /range of bytes to be \[0, 255\], got \[0,1\]$/,
  ],
  [
    'indices of a palette',
    { ...SIZE, channels: 1, data: RGB.slice(0, 6), palette: [[1, 2, 3]] },
    /indices of a palette; pass the file/,
  ],
  [
    'a transparent colour',
    { ...SIZE, data: RGB, transparency: Uint16Array.of(1, 2, 3) },
    /stands for transparency/,
  ],
  [
    'words of sharp',
    { data: Buffer.alloc(36), info: { ...SIZE, channels: 3, depth: 'ushort' } },
    /got sharp's depth "ushort"; leave it out of raw/,
  ],
  [
    'premultiplied pixels',
    { data: RGBA, info: { ...SIZE, channels: 4, premultiplied: true } },
    /not premultiplied/,
  ],
])('%s', async (_, image, message) => {
  await expect(pixelsOf(image)).rejects.toThrow(OptionError);
  await expect(pixelsOf(image)).rejects.toThrow(message);
  await expect(pixelsOf(image)).rejects.toThrow(/^image 0: expected /);
});

test.each<[string, object, RegExp]>([
  [
    'values of another size',
    { width: 4, height: 2, data: RGB },
    /4×2 pixels of 1 to 4 channels, got 18 values/,
  ],
  [
    'other channels than stated',
    { ...SIZE, channels: 4, data: RGB },
    /3×2 pixels of 4 channels, got 18 values/,
  ],
  ['five channels', { ...SIZE, channels: 5, data: new Uint8Array(30) }, /of 5 channels/],
  ['a size of nothing', { width: 0, height: 2, data: RGB }, /expected 1 to \d+ pixels, got 0×2/],
  ['a size in text', { width: '3', height: 2, data: RGB }, /expected 1 to \d+ pixels/],
  [
    'a value above its range',
    { ...SIZE, data: Float32Array.from(RGB), range: [0, 1] },
    /within \[0,1\], got 53 at 1;/,
  ],
  [
    'a value below',
    { ...SIZE, data: Float32Array.from(RGB, () => -0.5), range: [0, 255] },
    /got -0\.5 at 0; .* forward/,
  ],
  [
    'no number',
    { ...SIZE, data: new Float32Array(18).fill(Number.NaN), range: [0, 1] },
    /within \[0,1\], got NaN at 0/,
  ],
])('%s', async (_, image, message) => {
  await expect(pixelsOf(image)).rejects.toThrow(ImageError);
  await expect(pixelsOf(image)).rejects.toThrow(message);
});

test('a name is that of the file or its address, where the caller gives none', async () => {
  const text = new Blob(['text']);
  await expect(pixelsOf(new File([text], 'cat.jpg'))).rejects.toThrow(/^cat\.jpg: /);
  await expect(pixelsOf([BMP, text])).rejects.toThrow(/^image 1: /);
  await expect(pixelsOf([new File([text], 'cat.jpg')], { names: ['mine'] })).rejects.toThrow(/^mine: /);
});
