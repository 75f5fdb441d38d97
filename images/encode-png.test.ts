import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ImageError } from '../errors/errors.ts';
import { decodeImage } from './decode-image.ts';
import { encodePng, encodePngRows } from './encode-png.ts';

const [width, height] = [7, 5];
const data = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 37) % 256);

test('what is written is read again', async () => {
  const image = await decodeImage(await encodePng({ width, height, channels: 3, data }));
  expect(image).toEqual({ width, height, channels: 3, data });
});

test('RGBA is written as it is', async () => {
  const opaque = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : (data[i] ?? 0),
  );
  const image = await decodeImage(await encodePng({ width, height, data: opaque }));
  expect([...image.data]).toEqual([...opaque].filter((_, i) => i % 4 !== 3));
});

test('a photograph is a third smaller than its pixels, and the same again', async () => {
  const { width, data } = await decodeImage(readFileSync('examples/pictures/photos/chelsea.jpg'));
  // a part of it, which shows as much in less time
  const photo = { width, height: 48, channels: 3, data: data.slice(0, 3 * width * 48) } as const;
  const bytes = await encodePng(photo);
  expect(bytes.length).toBeLessThan((2 / 3) * photo.data.length);
  const again = await decodeImage(bytes);
  expect([again.width, again.height, Buffer.compare(again.data, photo.data)]).toEqual([width, 48, 0]);
});

test('rows that come one by one give the same bytes', async () => {
  const rows = Array.from({ length: height }, (_, y) => data.subarray(3 * width * y, 3 * width * (y + 1)));
  const parts: Uint8Array[] = [];
  for await (const part of encodePngRows({ width, height }, rows)) parts.push(part);
  expect(Buffer.concat(parts)).toEqual(Buffer.from(await encodePng({ width, height, channels: 3, data })));
});

test.each([
  ['fewer rows', data.subarray(0, 3 * width)],
  ['more rows', Uint8Array.of(...data, ...data)],
  ['a part of a row', data.subarray(0, -1)],
])('%s than the size says are refused', async (_, given) => {
  await expect(encodePng({ width, height, channels: 3, data: given })).rejects.toThrow(ImageError);
});

test('an image has the same bytes everywhere and in every version', async () => {
  // slopes and waves, of which each filter foretells some rows best
  const [columns, lines] = [64, 48];
  const pixels = Uint8Array.from({ length: 3 * columns * lines }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % columns, Math.floor(i / (3 * columns))];
    const slope = x * (y % 7) + y * (i % 3) * 5;
    return y % 5 === 0 ? (i * i * 31) % 251 : slope + ((x * y) % 11);
  });
  const bytes = await encodePng({ width: columns, height: lines, channels: 3, data: pixels });
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '984276b542b06da171c613d9d617d6ae8d17db46df7c3aa8e0dd820834afe109',
  );
});

test('rows like the one above, empty or not, are written and read', async () => {
  const row = data.subarray(0, 3 * width);
  const rows = [new Uint8Array(3 * width), new Uint8Array(3 * width), row, row, row.toReversed(), row];
  const image = {
    width,
    height: rows.length,
    channels: 3,
    data: Uint8Array.from(rows.flatMap((each) => [...each])),
  } as const;
  const bytes = await encodePng(image);
  expect(await decodeImage(bytes)).toEqual(image);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '797a8391aea392cfe13fc91e99d77b35c9e1a1b06a33400415cafc5153c378be',
  );
});

test('notes stand behind the header, and change no pixel', async () => {
  const image = { width, height, channels: 3, data } as const;
  const bytes = Buffer.from(
    await encodePng(image, { text: { Software: 'ours', Title: 'Größe', ['a b'.padEnd(79, 'c')]: 'a\nb' } }),
  );
  expect(bytes.toString('latin1', 8 + 25 + 4, 8 + 25 + 4 + 17)).toBe('tEXtSoftware\0ours');
  expect(bytes.includes(Buffer.from('tEXtTitle\0Größe', 'latin1'))).toBe(true);
  expect(await decodeImage(bytes)).toEqual(image);
  const keywords = ['', 'a'.repeat(80), '中', 'a\nb', ' a', 'a ', 'a  b'].map((keyword) => ({
    [keyword]: '',
  }));
  for (const text of [{ Software: '中' }, { Software: 'a\0b' }, ...keywords]) {
    await expect(encodePng(image, { text })).rejects.toThrow('text: expected texts by keywords');
  }
});
