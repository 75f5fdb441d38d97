import { orientationOf } from '../orientation/orientation.ts';
import { readJpegSegments } from './jpeg-segments.ts';

const latin1 = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

function segment(marker: number, text: string): number[] {
  return [0xff, marker, (text.length + 2) >> 8, (text.length + 2) & 255, ...latin1(text)];
}

const START = [0xff, 0xd8];
const FRAME = segment(0xc0, '\x08\0\x05\0\x09\x03\x01\x11\0\x02\x11\0\x03\x11\0');
const SCAN = segment(0xda, '\0');
const TIFF = 'MM\0*\0\0\0\x08\0\x01\x01\x12\0\x04\0\0\0\x01\0\0\0\x06\0\0\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';

const read = (...parts: number[][]) => readJpegSegments(Uint8Array.from(parts.flat()), 'test');

test('of several frames the last tells the size', () => {
  expect(read(START, FRAME, SCAN)).toEqual({ width: 9, height: 5, metadata: {} });
  const other = segment(0xc2, '\x08\0\x02\0\x03\x01\x01\x11\0');
  expect(read(START, FRAME, other, SCAN)).toMatchObject({ width: 3, height: 2 });
});

test('EXIF in several segments is one block', () => {
  const { metadata } = read(
    START,
    segment(0xe1, `Exif\0\0${TIFF.slice(0, 12)}`),
    segment(0xe1, `Exif\0\0${TIFF.slice(12)}`),
    FRAME,
    SCAN,
  );
  expect(metadata.exif).toEqual(Uint8Array.from(latin1(`Exif\0\0${TIFF}`)));
  expect(orientationOf(metadata)).toBe(6);
  const twice = read(
    START,
    segment(0xe1, `Exif\0\0${TIFF}`),
    segment(0xe1, `Exif\0\0${TIFF.replace('\x06', '\x03')}`),
    FRAME,
    SCAN,
  );
  expect(orientationOf(twice.metadata)).toBe(6);
});

test('of several packets of XMP the last counts; EXIF needs both zeros after its name, XMP all of its name', () => {
  const packet = (value: number) => segment(0xe1, `${XMP}tiff:Orientation="${value}"`);
  expect(orientationOf(read(START, packet(3), packet(8), FRAME, SCAN).metadata)).toBe(8);
  expect(read(START, segment(0xe1, `Exif\0 ${TIFF}`), FRAME, SCAN).metadata).toEqual({});
  expect(read(START, segment(0xe1, 'http://ns.adobe.com/xmp/extension/\0'), FRAME, SCAN).metadata).toEqual(
    {},
  );
});

test('segments are found behind fill bytes, escaped bytes, other bytes and markers that stand alone', () => {
  const exif = segment(0xe1, `Exif\0\0${TIFF}`);
  for (const between of [
    [0xff, 0xff],
    [0xff, 0],
    [1, 2, 3],
    [0xff, 0xd9],
    [0xff, 0xc8],
    [0xff, 0xd0],
    [0xff, 0xf0],
    [0xff, 0xfd],
  ]) {
    expect(orientationOf(read(START, FRAME, between, exif, SCAN).metadata)).toBe(6);
  }
  expect(read(START, FRAME, SCAN, exif).metadata).toEqual({});
});

test.each([
  ['nothing after its start', START, 'no marker after its start'],
  ['no scan', [...START, ...FRAME], 'one without a scan'],
  ['a frame without a word', [...START, 0xff, 0xc0, 0, 2, ...SCAN], '0'],
  ['no frame', [...START, ...SCAN], 'one without a frame'],
  ['a segment that goes beyond the end', [...START, ...FRAME, 0xff, 0xe1, 0xff, 0xff], 'a truncated segment'],
  ['half a length', [...START, 0xff, 0xe1, 0], 'a truncated segment'],
  ['an unknown marker', [...START, 0xff, 0x20, ...FRAME, ...SCAN], 'the marker ff20'],
  ['12 bits', [...START, ...segment(0xc1, '\x0c\0\x05\0\x09\x01\x01\x11\0'), ...SCAN], '12'],
  ['two components', [...START, ...segment(0xc0, '\x08\0\x05\0\x09\x02\x01\x11\0\x02\x11\0'), ...SCAN], '2'],
])('a file with %s is refused', (_name, bytes, got) => {
  expect(() => readJpegSegments(Uint8Array.from(bytes), 'test')).toThrow(
    new RegExp(`^test: expected .*, got ${got}; `),
  );
});
