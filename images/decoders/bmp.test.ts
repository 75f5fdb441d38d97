/** Every kind of BMP; the answers are those of Pillow 13. */
import { ImageError } from '../../errors/errors.ts';
import { decodeImage } from '../decode-image.ts';
import { type BmpParts, writeBmp } from '../testing/write-bmp.ts';
import { decodeBmp } from './bmp.ts';

/** Pixels as texts of hexadecimal red, green, blue and alpha, those of a row in one. */
function rowsOf(bytes: Uint8Array): string[] {
  const { width, height, data } = decodeBmp(bytes, 'x.bmp').image;
  const hex = Array.from(data, (value) => value.toString(16).padStart(2, '0'));
  const pixels = Array.from({ length: width * height }, (_, i) => hex.slice(4 * i, 4 * i + 4).join(''));
  return Array.from({ length: height }, (_, y) => pixels.slice(y * width, (y + 1) * width).join(' '));
}

const rows = (parts: BmpParts): string[] => rowsOf(writeBmp(parts));
/** Blue, red, green, and a last one, with a fourth byte that says nothing. */
const PALETTE = [255, 0, 0, 7, 0, 0, 255, 7, 0, 255, 0, 7, 3, 2, 1, 7];
const [BLUE, RED, GREEN, DARK] = ['0000ffff', 'ff0000ff', '00ff00ff', '010203ff'];
const BLACK = '000000ff';
const withoutFourth = (palette: readonly number[]): number[] => palette.filter((_, i) => i % 4 !== 3);
/** Entries in which every index is its own grey. */
const greys = (count: number): number[] =>
  Array.from({ length: 4 * count }, (_, i) => (i % 4 === 3 ? 0 : i >> 2));

test('indices of 1, 4 and 8 bits, the first in the highest bits, the bottom row first', () => {
  const two = { width: 2, height: 2, palette: PALETTE };
  const expected = [`${RED} ${BLUE}`, `${BLUE} ${RED}`];
  expect(rows({ ...two, bits: 1, pixels: [0x40, 0, 0, 0, 0x80, 0, 0, 0] })).toEqual(expected);
  expect(rows({ ...two, bits: 4, pixels: [0x01, 0, 0, 0, 0x10, 0, 0, 0] })).toEqual(expected);
  expect(rows({ ...two, bits: 8, pixels: [0, 1, 0, 0, 1, 0, 0, 0] })).toEqual(expected);
  const topDown = { ...two, height: -2, bits: 8, pixels: [1, 0, 0, 0, 0, 1, 0, 0] };
  expect(rows(topDown)).toEqual(expected);
});

test('an OS/2 header has sizes of two bytes and colours of three', () => {
  const palette = withoutFourth(PALETTE);
  expect(rows({ width: 3, height: 1, bits: 8, header: 12, palette, pixels: [2, 1, 9] })[0]).toMatch(
    `${GREEN} ${RED} ${BLACK}`,
  );
  expect(rows({ width: 1, height: 1, bits: 24, header: 12, pixels: [3, 2, 1, 0] })).toEqual([DARK]);
});

test.each([52, 56, 64, 108, 124])('a header of %d bytes has its palette behind it', (header) => {
  const parts = { width: 2, height: 1, bits: 8, palette: PALETTE, colours: 4, pixels: [3, 2, 0, 0] };
  expect(rows({ ...parts, header })).toEqual([`${DARK} ${GREEN}`]);
});

test('16 bits are 5 of each colour, or with masks 5, 6 and 5, spread over 0 to 255', () => {
  const parts = { width: 2, height: 1, bits: 16, pixels: [0x21, 0x84, 0xff, 0x7f] };
  expect(rows(parts)).toEqual(['080808ff ffffffff']);
  const masked = { ...parts, compression: 3 };
  expect(rows({ ...masked, masks: [0x7c00, 0x3e0, 0x1f] })).toEqual(['080808ff ffffffff']);
  for (const header of [40, 52, 56, 124]) {
    expect(rows({ ...masked, header, masks: [0xf800, 0x7e0, 0x1f] })).toEqual(['838508ff 7bffffff']);
  }
});

test('24 bits may have masks', () => {
  const parts = { width: 1, height: 2, bits: 24, pixels: [3, 2, 1, 0, 0, 0, 255] };
  expect(rows(parts)).toEqual([RED, DARK]);
  expect(rows({ ...parts, compression: 3, masks: [0xff0000, 0xff00, 0xff] })).toEqual([RED, DARK]);
});

test.each([
  [[0xff0000, 0xff00, 0xff, 0], '030201ff'],
  [[0xff000000, 0xff0000, 0xff00, 0], '040302ff'],
  [[0xff000000, 0xff00, 0xff, 0], '040201ff'],
  [[0xff000000, 0xff0000, 0xff00, 0xff], '04030201'],
  [[0xff, 0xff00, 0xff0000, 0xff000000], '01020304'],
  [[0xff0000, 0xff00, 0xff, 0xff000000], '03020104'],
  [[0xff000000, 0xff00, 0xff, 0xff0000], '04020103'],
  [[0, 0, 0, 0], '03020104'],
])('32 bits with masks %j', (masks, expected) => {
  const parts = { width: 1, height: 1, bits: 32, compression: 3, masks, pixels: [1, 2, 3, 4] };
  for (const header of [56, 64, 108, 124]) expect(rows({ ...parts, header })).toEqual([expected]);
});

test('32 bits without masks, or with three behind a header of 40 bytes, have no alpha', () => {
  const parts = { width: 1, height: 1, bits: 32, pixels: [1, 2, 3, 0] };
  expect(rows(parts)).toEqual(['030201ff']);
  const masks = [0xff0000, 0xff00, 0xff];
  for (const header of [40, 52]) {
    expect(rows({ ...parts, header, compression: 3, masks })).toEqual(['030201ff']);
  }
});

test('colours beyond the palette are black', () => {
  const parts = {
    width: 3,
    height: 1,
    bits: 8,
    palette: PALETTE.slice(0, 4),
    colours: 1,
    pixels: [0, 1, 255, 0],
  };
  // a second colour, which the file has not, is taken from the pixels behind the first
  expect(rows(parts)).toEqual([`${BLUE} ${BLACK} ${BLACK}`]);
  expect(rows({ ...parts, colours: 2 })).toEqual([`${BLUE} ff0100ff ${BLACK}`]);
});

test('where every index is its own grey, a row has a byte an index whatever the header says', () => {
  const parts = { height: 1, colours: 16, palette: greys(16), pixels: [0x12, 0x34, 200, 3] };
  expect(rows({ ...parts, width: 2, bits: 8 })).toEqual(['121212ff 343434ff']);
  expect(rows({ ...parts, width: 3, bits: 4 })).toEqual(['121212ff 343434ff c8c8c8ff']);
  expect(() => rows({ ...parts, width: 5, bits: 4 })).toThrow(/expected rows of 5 bytes, .*, got 4;/);
});

test('black and white are a bit an index whatever the header says', () => {
  const parts = {
    width: 4,
    height: 1,
    colours: 2,
    palette: [0, 0, 0, 0, 255, 255, 255, 0],
    pixels: [0x50, 0, 0, 0],
  };
  const expected = [`${BLACK} ffffffff ${BLACK} ffffffff`];
  for (const bits of [1, 4, 8]) expect(rows({ ...parts, bits })).toEqual(expected);
});

test('the place of the pixels may be left out, or be that of the palette', () => {
  const parts = { width: 1, height: 1, bits: 8, palette: PALETTE, colours: 4, pixels: [2] };
  expect(rows({ ...parts, pixelsAt: 0 })).toEqual([GREEN]);
  expect(rows({ ...parts, pixelsAt: 54 })).toEqual([GREEN]);
  expect(rows({ ...parts, pixelsAt: 54 + 14 })).toEqual([RED]);
});

test('runs: pixels that stand plainly, the end of a row, what is passed over', () => {
  const parts = { width: 4, height: 2, bits: 8, compression: 1, palette: PALETTE, colours: 4 };
  // three of one colour in a row with an end; three plainly, filled up to an even number; an end
  const pixels = [3, 1, 0, 0, 0, 3, 2, 1, 2, 0, 0, 0, 0, 1];
  expect(rows({ ...parts, pixels })).toEqual([
    `${GREEN} ${RED} ${GREEN} ${BLUE}`,
    `${RED} ${RED} ${RED} ${BLUE}`,
  ]);
  // a run stops at the edge; one to the right and one row up
  expect(rows({ ...parts, height: 3, pixels: [9, 1, 0, 0, 0, 2, 1, 1, 9, 2] })).toEqual([
    `${BLUE} ${GREEN} ${GREEN} ${GREEN}`,
    `${BLUE} ${BLUE} ${BLUE} ${BLUE}`,
    `${RED} ${RED} ${RED} ${RED}`,
  ]);
});

test('runs of 4 bits have two indices in turn', () => {
  const parts = { width: 5, height: 2, bits: 4, compression: 2, palette: PALETTE, colours: 4 };
  expect(rows({ ...parts, pixels: [5, 0x12, 0, 0, 0, 5, 0x01, 0x23, 0x10, 0, 0, 1] })).toEqual([
    `${BLUE} ${RED} ${GREEN} ${DARK} ${RED}`,
    `${RED} ${GREEN} ${RED} ${GREEN} ${RED}`,
  ]);
});

test('pixels that stand plainly are filled up to an even offset of the file', () => {
  const parts = { width: 4, height: 1, bits: 8, compression: 1, palette: [...PALETTE, 0], colours: 4 };
  // beginning at an odd offset, three bytes end at an even one
  expect(rows({ ...parts, pixels: [0, 3, 1, 2, 1, 1, 3] })).toEqual([`${RED} ${GREEN} ${RED} ${DARK}`]);
});

test('a DIB is a BMP without its first 14 bytes', async () => {
  const bytes = writeBmp({ width: 1, height: 1, bits: 8, palette: PALETTE, colours: 4, pixels: [2] }).slice(
    14,
  );
  expect(rowsOf(bytes)).toEqual([GREEN]);
  expect((await decodeImage(bytes)).data).toEqual(Uint8Array.of(0, 255, 0));
});

test('what follows the pixels of the last row may be missing', () => {
  const parts = { width: 1, height: 2, bits: 8, palette: PALETTE, colours: 4 };
  expect(rows({ ...parts, pixels: [2, 0, 0, 0, 1] })).toEqual([RED, GREEN]);
  expect(() => rows({ ...parts, pixels: [2, 0, 0, 0] })).toThrow(/expected 5 bytes of pixels, got 4/);
});

test.each([
  ['other depths', { bits: 2 }, 'expected a BMP of 1, 4, 8, 16, 24, 32 bits a pixel, got 2'],
  ['a JPEG', { compression: 4 }, 'got a JPEG inside'],
  ['a PNG', { compression: 5 }, 'got a PNG inside'],
  ['masks of indices', { compression: 3, masks: [1, 2, 4] }, 'got compression 3 of 8 bits'],
  ['other masks', { bits: 16, compression: 3, masks: [0xf00, 0xf0, 0xf] }, 'got f00, f0, f;'],
  ['runs of colours', { bits: 24, compression: 1 }, 'expected 1 to 8 bits a pixel in a BMP of runs, got 24'],
  [
    'too few pixels in runs',
    { height: 2, compression: 1, pixels: [2, 1, 0, 1] },
    'expected a BMP of 4 pixels, got 2',
  ],
  ['a palette too large', { colours: 65_537 }, 'expected a BMP palette of 1 to 256 colours, got 65537'],
  ['no width', { width: 0 }, 'got 0×1'],
  ['absurd sizes', { width: 2 ** 24, height: 2 ** 24 - 1 }, 'got 16777216×16777215'],
  ['pixels beyond the end', { pixelsAt: 2 ** 31 }, 'expected 2 bytes of pixels, got 0'],
] as [string, Partial<BmpParts>, string][])('refuses %s', (_, parts, message) => {
  const decode = () =>
    rows({ width: 2, height: 1, bits: 8, palette: PALETTE, colours: 4, pixels: [0, 0, 0, 0], ...parts });
  expect(decode).toThrow(ImageError);
  expect(decode).toThrow(message);
});

test('refuses headers that are unknown or end early', () => {
  const bytes = writeBmp({ width: 1, height: 1, bits: 24, pixels: [1, 2, 3] });
  for (const length of [2, 17, 53])
    expect(() => rowsOf(bytes.slice(0, length))).toThrow(/the file is truncated/);
  bytes[14] = 41;
  expect(() => rowsOf(bytes)).toThrow(
    /^x\.bmp: expected a BMP header of 12, 40, .* bytes, got 41; convert it to PNG/,
  );
});
