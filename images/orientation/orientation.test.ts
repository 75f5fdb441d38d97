import { orientationOf } from './orientation.ts';

const ascii = (text: string) => new TextEncoder().encode(text);

interface Entry {
  tag?: number;
  type?: number;
  count?: number;
  /** the bytes of the value, or of its offset */
  value: number[];
}

/** A TIFF structure of one directory, in either order of bytes. */
function tiff(entries: readonly Entry[], littleEndian = true, after: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(14 + 12 * entries.length + after.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, 8, littleEndian);
  view.setUint16(8, entries.length, littleEndian);
  for (const [i, { tag = 0x0112, type = 3, count = 1, value }] of entries.entries()) {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, littleEndian);
    view.setUint16(at + 2, type, littleEndian);
    view.setUint32(at + 4, count, littleEndian);
    bytes.set(value, at + 8);
  }
  bytes.set(after, 14 + 12 * entries.length);
  return bytes;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'orientation %d is read in either order of bytes, with any number of heads up to two',
  (value) => {
    const head = ascii('Exif\0\0');
    for (const littleEndian of [true, false]) {
      const entry = { value: littleEndian ? [value, 0] : [0, value] };
      const exif = tiff([{ tag: 0x010f, value: [7] }, entry], littleEndian);
      expect(orientationOf({ exif })).toBe(value);
      expect(orientationOf({ exif: Uint8Array.from([...head, ...exif]) })).toBe(value);
      expect(orientationOf({ exif: Uint8Array.from([...head, ...head, ...exif]) })).toBe(value);
    }
  },
);

test.each([
  ['LONG', { type: 4, value: [6, 0, 0, 0] }],
  ['signed byte', { type: 6, value: [6] }],
  ['signed short', { type: 8, value: [6, 0] }],
  ['signed long', { type: 9, value: [6, 0, 0, 0] }],
  ['float', { type: 11, value: [0, 0, 0xc0, 0x40] }],
  ['IFD', { type: 13, value: [6, 0, 0, 0] }],
  ['several shorts', { type: 3, count: 2, value: [6, 0, 3, 0] }],
])('an orientation of type %s counts', (_name, entry) => {
  expect(orientationOf({ exif: tiff([entry]) })).toBe(6);
});

test.each<[string, number, number[], number?]>([
  ['double', 12, [0, 0, 0, 0, 0, 0, 0x18, 0x40]],
  ['ratio', 5, [12, 0, 0, 0, 2, 0, 0, 0]],
  ['signed ratio', 10, [0xfa, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['long of 8 bytes', 16, [6, 0, 0, 0, 0, 0, 0, 0]],
  ['three shorts', 3, [6, 0, 3, 0, 1, 0], 3],
  ['three signed shorts', 8, [6, 0, 3, 0, 1, 0], 3],
  ['five signed bytes', 6, [6, 3, 1, 0, 0], 5],
  ['two longs', 4, [6, 0, 0, 0, 3, 0, 0, 0], 2],
])('an orientation of type %s is found where its entry says', (_name, type, bytes, count = 1) => {
  expect(orientationOf({ exif: tiff([{ type, count, value: [26] }], true, bytes) })).toBe(6);
  expect(orientationOf({ exif: tiff([{ type, count, value: [27] }], true, bytes) })).toBe(1);
});

test.each([
  ['byte', 1],
  ['text', 2],
  ['undefined', 7],
])('an orientation of type %s is no number, and nothing else is asked', (_name, type) => {
  const xmp = ascii('tiff:Orientation="6"');
  expect(orientationOf({ exif: tiff([{ type, value: [6] }]), xmp })).toBe(1);
});

test('the first entry with a value counts', () => {
  const empty = { count: 0, value: [3] };
  const unknown = { type: 99, value: [3] };
  expect(orientationOf({ exif: tiff([empty, unknown, { value: [6] }, { value: [8] }]) })).toBe(6);
});

test('what is no orientation counts as upright', () => {
  expect(orientationOf({})).toBe(1);
  expect(orientationOf({ exif: tiff([{ value: [0] }]) })).toBe(1);
  expect(orientationOf({ exif: tiff([{ value: [9] }]) })).toBe(1);
  expect(orientationOf({ exif: tiff([{ tag: 0x0113, value: [6] }]) })).toBe(1);
  const whole = tiff([{ value: [6] }]);
  for (let length = 0; length < 22; length++) {
    expect(orientationOf({ exif: whole.subarray(0, length) })).toBe(1);
  }
  const far = tiff([{ value: [6] }]);
  new DataView(far.buffer).setUint32(4, 0xffff_fff0, true);
  expect(orientationOf({ exif: far })).toBe(1);
});

test.each([
  ['<x tiff:Orientation="6"/>', 6],
  ['<tiff:Orientation>8</tiff:Orientation>', 8],
  ['tiff:Orientation="x" tiff:Orientation="34"', 3],
  ["tiff:Orientation='6'", 1],
  ['tiff:Orientation="9"', 1],
  ['', 1],
])('XMP %s', (text, expected) => {
  expect(orientationOf({ xmp: ascii(text) })).toBe(expected);
});

test('XMP is asked where EXIF has no such tag, not where it has one or cannot be read', () => {
  const xmp = ascii('tiff:Orientation="6"');
  expect(orientationOf({ exif: tiff([]), xmp })).toBe(6);
  expect(orientationOf({ exif: ascii('Exif\0\0'), xmp })).toBe(6);
  expect(orientationOf({ exif: tiff([{ value: [1] }]), xmp })).toBe(1);
  expect(orientationOf({ exif: tiff([{ value: [3] }]), xmp })).toBe(3);
  expect(orientationOf({ exif: ascii('no TIFF structure'), xmp })).toBe(1);
});
