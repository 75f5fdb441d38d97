import { deflate } from 'pako';
import { orientationOf } from '../../orientation/orientation.ts';
import { pngMetadata } from './metadata.ts';

const latin1 = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const chunk = (type: string, ...parts: (string | Uint8Array)[]) => ({
  type,
  data: Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? latin1(part) : part)])),
});

const tiff = (orientation: number) =>
  `MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0${String.fromCharCode(orientation)}\0\0\0\0\0\0`;
const hex = (text: string) => [...latin1(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const rawProfile = (orientation: number) =>
  `\nexif\n      32\n${hex(`Exif\0\0${tiff(orientation)}`).replace(/.{20}/g, '$&\n')}\n`;
const xmp = (orientation: number) => `<x tiff:Orientation="${orientation}"/>`;
const RAW = 'Raw profile type exif\0';
const XMP = 'XML:com.adobe.xmp\0';

const orientation = async (...chunks: { type: string; data: Uint8Array }[]) =>
  orientationOf(await pngMetadata(chunks));

test.each([
  ['eXIf', chunk('eXIf', tiff(6))],
  ['a raw profile', chunk('tEXt', RAW, rawProfile(6))],
  ['a compressed raw profile', chunk('zTXt', RAW, '\0', deflate(latin1(rawProfile(6))))],
  ['EXIF data as text', chunk('tEXt', 'exif\0', tiff(6))],
  ['XMP', chunk('iTXt', XMP, '\0\0\0\0', xmp(6))],
  ['XMP with a language', chunk('iTXt', XMP, '\0\0en\0name\0', xmp(6))],
  ['compressed XMP', chunk('iTXt', XMP, '\x01\0\0\0', deflate(latin1(xmp(6))))],
  ['XMP as text', chunk('tEXt', XMP, xmp(6))],
])('an orientation stands in %s', async (_name, source) => {
  expect(await orientation(source)).toBe(6);
  expect(await orientation(chunk('IHDR'), chunk('IDAT'), source, chunk('IEND'))).toBe(6);
});

test('of several the last counts, EXIF before a raw profile, a raw profile before XMP', async () => {
  expect(await orientation(chunk('eXIf', tiff(6)), chunk('eXIf', tiff(3)))).toBe(3);
  expect(await orientation(chunk('eXIf', tiff(6)), chunk('tEXt', RAW, rawProfile(3)))).toBe(6);
  expect(await orientation(chunk('tEXt', RAW, rawProfile(3)), chunk('tEXt', XMP, xmp(6)))).toBe(3);
});

test.each([
  ['another name', chunk('tEXt', 'Raw profile type exif2\0', rawProfile(6))],
  ['a name without a text', chunk('tEXt', 'Raw profile type exif')],
  ['a profile with odd digits', chunk('tEXt', RAW, rawProfile(6).replace(/\n$/, '4'))],
  ['a stream with a wrong checksum', chunk('zTXt', RAW, '\0', deflate(latin1(rawProfile(6))).fill(0, -4))],
  ['a damaged stream', chunk('zTXt', RAW, '\0', 'no stream')],
  ['XMP in an unknown compression', chunk('iTXt', XMP, '\x01\x07\0\0', deflate(latin1(xmp(6))))],
  ['XMP that is cut off', chunk('iTXt', XMP, '\0')],
])('no orientation stands in %s', async (_name, source) => {
  expect(await orientation(source)).toBe(1);
});

test('a text that unpacks to more than Pillow reads is refused', async () => {
  const large = chunk('zTXt', RAW, '\0', deflate(new Uint8Array(2 ** 20)));
  expect(await orientation(large)).toBe(1);
  const bomb = chunk('zTXt', RAW, '\0', deflate(new Uint8Array(2 ** 20 + 1)));
  await expect(orientation(bomb)).rejects.toThrow('a text of more than 1048576 bytes');
});
