/** GIFs that leave the specification; the answers are those of Pillow 13. */
import { ImageError } from '../../errors/errors.ts';
import { type GifParts, graphicControl, writeGif } from '../testing/write-gif.ts';
import { decodeGif } from './gif.ts';

const [RED, GREEN, BLUE, WHITE] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
] as const;
const TABLE = [...RED, ...GREEN, ...BLUE, ...WHITE];
const RAMP = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3];
const NAMES = new Map([
  [`${RED}`, 'r'],
  [`${GREEN}`, 'g'],
  [`${BLUE}`, 'b'],
  [`${WHITE}`, 'w'],
]);

/** An image as rows of letters: r, g, b, w; `-` for what is transparent; greys as [1]. */
async function rowsOf(parts: GifParts): Promise<string[]> {
  const { width, height, data } = (await decodeGif(writeGif(parts), 'x.gif')).image;
  const letters = Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue, alpha] = data.subarray(4 * i, 4 * i + 4);
    return alpha === 0 ? '-' : (NAMES.get(`${[red, green, blue]}`) ?? `[${red}]`);
  });
  return Array.from({ length: height }, (_, y) => letters.slice(y * width, (y + 1) * width).join(''));
}

const SQUARE: GifParts = { screen: [2, 2], globalTable: TABLE, frame: [0, 0, 2, 2], indices: [0, 1, 2, 3] };

test('a frame smaller than the screen lies in index 0, whatever the background is', async () => {
  const small: GifParts = { ...SQUARE, screen: [4, 3], background: 2, frame: [1, 1, 2, 1], indices: [1, 3] };
  expect(await rowsOf(small)).toEqual(['rrrr', 'rgwr', 'rrrr']);
  expect(await rowsOf({ ...small, before: graphicControl(3) })).toEqual(['----', '-g--', '----']);
});

test('a frame beyond the screen makes it grow', async () => {
  expect(await rowsOf({ ...SQUARE, screen: [1, 1] })).toEqual(['rg', 'bw']);
  expect(await rowsOf({ ...SQUARE, screen: [0, 0] })).toEqual(['rg', 'bw']);
  expect(await rowsOf({ ...SQUARE, frame: [1, 0, 2, 2] })).toEqual(['rrg', 'rbw']);
});

test('without a table, or with one in which every index is its own grey, indices are greys', async () => {
  const { globalTable: _, ...without } = SQUARE;
  expect(await rowsOf(without)).toEqual(['[0][1]', '[2][3]']);
  expect(await rowsOf({ ...without, localTable: RAMP })).toEqual(['[0][1]', '[2][3]']);
  expect(await rowsOf({ ...without, before: graphicControl(2) })).toEqual(['[0][1]', '-[3]']);
});

test("the frame's table comes before the screen's, unless it is one of greys", async () => {
  const localTable = [...WHITE, ...BLUE, ...GREEN, ...RED];
  expect(await rowsOf({ ...SQUARE, localTable })).toEqual(['wb', 'gr']);
  expect(await rowsOf({ ...SQUARE, localTable: RAMP })).toEqual(['rg', 'bw']);
});

test('indices beyond the table are black', async () => {
  const data = [3, 4, 0x08 | 0x50, 0x08, 0, 0, 0];
  expect(await rowsOf({ ...SQUARE, frame: [0, 0, 2, 1], data })).toEqual(['[0]r', 'rr']);
});

test('bytes between blocks are passed over, and the last transparent index counts', async () => {
  const before = [0, 0, 7, ...graphicControl(1), 0, ...graphicControl(), 0];
  expect(await rowsOf({ ...SQUARE, before })).toEqual(['r-', 'bw']);
  expect(await rowsOf({ ...SQUARE, before: [...graphicControl(1), ...graphicControl(2)] })).toEqual([
    'rg',
    '-w',
  ]);
});

test('comments and other extensions change nothing', async () => {
  const text = [...new TextEncoder().encode('NETSCAPE2.0')];
  for (const before of [
    [0x21, 0xfe, 0],
    [0x21, 0xfe, 3, 1, 2, 3, 2, 4, 5, 0],
    [0x21, 0xff, 11, ...text, 3, 1, 0, 0, 0],
    [0x21, 0x01, 2, 1, 2, 1, 9, 0],
  ])
    expect(await rowsOf({ ...SQUARE, before })).toEqual(['rg', 'bw']);
});

test('rows of an interlaced frame are put in order', async () => {
  const stored = [0, 8, 4, 2, 6, 1, 3, 5, 7, 9];
  const indices = stored.map((row) => row % 4);
  const rows = await rowsOf({ ...SQUARE, screen: [1, 10], frame: [0, 0, 1, 10], interlaced: true, indices });
  expect(rows.join('')).toBe('rgbwrgbwrg');
});

test('a file may end after the last pixel', async () => {
  expect(await rowsOf({ ...SQUARE, after: [] })).toEqual(['rg', 'bw']);
});

test.each([
  ['a frame without pixels', { frame: [0, 0, 0, 2], indices: [] }, 'a frame of 0×2 pixels'],
  ['no frame', { before: [0x3b] }, 'a file without an image'],
  [
    'a graphic control block of two bytes',
    { before: [0x21, 0xf9, 2, 0, 0, 0] },
    'a graphic control block of 2',
  ],
  [
    'a transparent index that is missing',
    { before: [0x21, 0xf9, 3, 1, 0, 0, 0] },
    'a graphic control block of 3',
  ],
  ['an extension that goes on beyond the end', { before: [0x21, 0xfe, 255] }, 'a file that ends early'],
  ['too few pixels', { indices: [0, 1, 2] }, '3 of 4 pixels'],
  ['codes of 13 bits', { data: [13, 1, 0, 0] }, 'values of 13 bits'],
  ['a huge frame in a few bytes', { frame: [0, 0, 10_000, 10_000] }, 'bytes for 100000000 pixels'],
] as [string, Partial<GifParts>, string][])('refuses %s', async (_, parts, message) => {
  const decoding = decodeGif(writeGif({ ...SQUARE, ...parts }), 'x.gif');
  await expect(decoding).rejects.toThrow(ImageError);
  await expect(decoding).rejects.toThrow(message);
});

test('refuses a screen that a frame makes absurdly large', async () => {
  const decoding = decodeGif(writeGif({ ...SQUARE, frame: [65_535, 65_535, 2, 2] }), 'x.gif');
  await expect(decoding).rejects.toThrow(/^x\.gif: expected 1 to \d+ pixels, got 65537×65537/);
});
