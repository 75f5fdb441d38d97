import { orientationOf } from '../orientation/orientation.ts';
import { readWebpFile } from './webp-file.ts';

type Bytes = readonly number[];

const latin1 = (text: string): Bytes => [...text].map((letter) => letter.charCodeAt(0));
const int = (value: number, bytes: number): Bytes =>
  Array.from({ length: bytes }, (_, i) => (value >> (8 * i)) & 255);

function chunk(type: string, ...parts: Bytes[]): Bytes {
  const data = parts.flat();
  return [...latin1(type), ...int(data.length, 4), ...data, ...(data.length % 2 ? [0] : [])];
}

function file(chunks: readonly Bytes[], trailer: Bytes = [], claims = 0): Uint8Array {
  const body = chunks.flat();
  return Uint8Array.from([
    ...latin1('RIFF'),
    ...int(4 + body.length + claims, 4),
    ...latin1('WEBP'),
    ...body,
    ...trailer,
  ]);
}

/** The head of a lossy image; nothing here looks at more. */
const lossy = (width: number, height: number) =>
  chunk('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a], int(width, 2), int(height, 2));
const lossless = (width: number, height: number, alpha: boolean) =>
  chunk('VP8L', [0x2f], int((width - 1) | ((height - 1) << 14) | (alpha ? 1 << 28 : 0), 4));
const head = (flags: number, width: number, height: number) =>
  chunk('VP8X', int(flags, 4), int(width - 1, 3), int(height - 1, 3));
const animation = chunk('ANIM', int(0, 6));
const frame = (left: number, top: number, ...parts: Bytes[]) =>
  chunk('ANMF', int(left / 2, 3), int(top / 2, 3), int(0, 10), ...parts);
const xmp = chunk('XMP ', latin1('tiff:Orientation="6"'));
const alpha = chunk('ALPH', [0, 1]);

const read = (...chunks: Bytes[]) => readWebpFile(file(chunks), 'test');

test('a file of one image, whatever stands behind it', () => {
  const expected = { width: 300, height: 5, left: 0, top: 0, hasAlpha: true, metadata: {} };
  expect(read(lossy(300, 5), xmp)).toMatchObject({ ...expected, image: Uint8Array.from(lossy(300, 5)) });
  expect(readWebpFile(file([lossy(300, 5)], [1, 2, 3]), 'test')).toMatchObject(expected);
  expect(read(lossless(300, 5, false))).toMatchObject({ ...expected, hasAlpha: false });
});

test('metadata count where the head tells of them, before or after the image, the first of each', () => {
  const other = chunk('XMP ', latin1('tiff:Orientation="3"'));
  expect(orientationOf(read(head(0x04, 9, 9), xmp, lossy(9, 9), other).metadata)).toBe(6);
  expect(orientationOf(read(head(0x04, 9, 9), lossy(9, 9), other, xmp).metadata)).toBe(3);
  expect(read(head(0x08, 9, 9), lossy(9, 9), xmp).metadata).toEqual({});
  expect(read(head(0x08, 9, 9), lossy(9, 9), chunk('EXIF', [1])).metadata).toEqual({
    exif: Uint8Array.of(1),
  });
});

test('a chunk of alpha counts where the head tells of it', () => {
  const whole = [...alpha, ...lossy(9, 9)];
  expect(read(head(0x10, 9, 9), whole).image).toEqual(Uint8Array.from(whole));
  expect(read(head(0, 9, 9), whole).image).toEqual(Uint8Array.from(lossy(9, 9)));
});

test('of an animation, the first frame that has an image', () => {
  const frames = [frame(0, 0), frame(2, 4, lossy(3, 3)), frame(0, 0, lossy(9, 9))];
  const found = read(head(0x02, 9, 9), animation, ...frames);
  expect(found).toMatchObject({ width: 9, height: 9, left: 2, top: 4, hasAlpha: false });
  expect(found.image).toEqual(Uint8Array.from(lossy(3, 3)));
  expect(read(head(0x12, 9, 9), animation, ...frames).hasAlpha).toBe(true);
});

test.each([
  ['no image', [head(0, 9, 9)], 'no image'],
  ['nothing', [], 'no image'],
  ['alpha alone', [alpha], 'alpha without an image'],
  ['alpha in a file without a head', [alpha, lossy(9, 9)], 'no image'],
  ['an unknown flag', [head(0x01, 9, 9), lossy(9, 9)], 'a damaged head'],
  ['a short head', [chunk('VP8X', int(0, 4)), lossy(9, 9)], 'a damaged head'],
  ['two heads', [head(0, 9, 9), head(0, 9, 9), lossy(9, 9)], 'a second head'],
  ['two images', [head(0, 9, 9), lossy(9, 9), lossy(9, 9)], 'an image too many'],
  ['an image of another size', [head(0, 9, 9), lossy(9, 8)], 'an image of another size than its canvas'],
  ['an image beside an animation', [head(0x02, 9, 9), animation, lossy(9, 9)], 'an image too many'],
  ['frames that no chunk announces', [head(0x02, 9, 9), frame(0, 0, lossy(9, 9))], 'a frame of no animation'],
  ['frames that the head does not tell of', [head(0, 9, 9), animation, frame(0, 0, lossy(9, 9))], 'no image'],
  [
    'a frame beyond the canvas',
    [head(0x02, 9, 9), animation, frame(2, 0, lossy(9, 9))],
    'a frame beyond its canvas',
  ],
  ['an image without its mark', [chunk('VP8 ', int(0, 10))], 'an image without its head'],
  ['a part of a chunk', [lossy(9, 9), [1, 2]], 'a part of a chunk'],
  [
    'a chunk that is too long',
    [lossy(9, 9), [...latin1('abcd'), ...int(9, 4)]],
    'a chunk that is longer than the file',
  ],
])('a file with %s is refused', (_name, chunks, got) => {
  expect(() => read(...chunks)).toThrow(
    `test: expected a WebP that can be decoded, got ${got}; the file is damaged`,
  );
});

test('truncated and absurdly large files are refused', () => {
  expect(() => readWebpFile(file([lossy(9, 9)], [], 6), 'test')).toThrow(
    'expected a WebP of 36 bytes, got 30; the file is truncated',
  );
  expect(() => read(head(0, 2 ** 24, 2 ** 24), lossy(9, 9))).toThrow(
    'expected 1 to 178956970 pixels, got 16777216×16777216',
  );
});
