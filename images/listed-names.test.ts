import { readFileSync } from 'node:fs';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
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

test('a list in UTF-16, as PowerShell writes it, is one', () => {
  const text = '\ufeffa.png\r\nnaïve 犬.png\r\n';
  const bytes = new Uint8Array(Uint16Array.from(text, (character) => character.charCodeAt(0)).buffer);
  expect(listedNames(bytes)).toEqual(['a.png', 'naïve 犬.png']);
});

test.each(['<!doctype html><p>', '<svg width="1">', 'iVBORw0KGgoAAAANSUhEUgAA'])(
  '%j is a file, and no list',
  (text) => {
    expect(listedNames(bytesOf(text))).toBeUndefined();
  },
);

test('images of every format are files, and no lists', async () => {
  const path = new URL('../conformance/fixtures/formats.safetensors', import.meta.url);
  const fixtures = await openSafetensors(memorySource(new Uint8Array(readFileSync(path))), 'formats');
  const images = [...fixtures.tensors.keys()].filter((name) => name.endsWith('.file'));
  expect(images.length).toBeGreaterThan(100);
  for (const name of images) {
    expect({ name, names: listedNames(await fixtures.read(name)) }).toEqual({ name, names: undefined });
  }
});
