import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { listedNames } from './listed-names.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ['a.png\nb c.jpg\n', ['a.png', 'b c.jpg']],
  ['a.png\r\nb.jpg', ['a.png', 'b.jpg']],
  ['a\nb.png\0[1].jpg\0', ['a\nb.png', '[1].jpg']],
  ['BMW.jpg\nGIF89a.gif\nhttps://a.b/c.png', ['BMW.jpg', 'GIF89a.gif', 'https://a.b/c.png']],
  ['naïve 犬.png', ['naïve 犬.png']],
  ['\n\n', []],
])('%j lists %j', (text, names) => {
  expect(listedNames(bytesOf(text))).toEqual(names);
});

test.each(['<!doctype html><p>', '<svg width="1">', 'iVBORw0KGgoAAAANSUhEUgAA'])(
  '%j is a file, and no list',
  (text) => {
    expect(listedNames(bytesOf(text))).toBeUndefined();
  },
);

test('the images of every format are files, and no lists', () => {
  const folder = fileURLToPath(new URL('../conformance/fixtures/', import.meta.url));
  const images = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(png|jpe?g|webp|gif|bmp|dib|tiff?|avif|jp2|j2k)$/.test(name),
  );
  expect(new Set(images.map((name) => name.replace(/^.*\./, ''))).size).toBeGreaterThan(5);
  for (const name of images) {
    expect({ name, names: listedNames(readFileSync(folder + name)) }).toEqual({ name, names: undefined });
  }
});
