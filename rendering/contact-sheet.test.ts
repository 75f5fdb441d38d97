import type { RawImage } from '../images/raw-image.ts';
import { allOf } from '../testing/all-of.ts';
import { blankImage } from './blank-image.ts';
import { contactSheet, contactSheetInBands } from './contact-sheet.ts';
import { placesSideBySide, sideBySide } from './side-by-side.ts';

const RED = blankImage(4, 2, [255, 0, 0]);
const BLUE = blankImage(2, 6, [0, 0, 255]);

/** A letter for each pixel. */
function picture({ width, data }: RawImage): string[] {
  const letters: Record<string, string> = { '255,255,255': '.', '255,0,0': 'r', '0,0,255': 'b' };
  const pixels = Array.from(
    { length: data.length / 3 },
    (_, i) => letters[String(data.subarray(3 * i, 3 * i + 3))],
  );
  return Array.from({ length: pixels.length / width }, (_, y) =>
    pixels
      .slice(y * width, (y + 1) * width)
      .map((letter) => letter ?? 't')
      .join(''),
  );
}

test('images stand at the lower edges of rows as high as their highest, and none is stretched', () => {
  const sheet = contactSheet([{ image: RED }, { image: BLUE }, { image: RED }], { gap: 1, margin: 1 });
  expect(picture(sheet)).toEqual([
    '...........',
    '.......bb..',
    '.......bb..',
    '.......bb..',
    '.......bb..',
    '.rrrr..bb..',
    '.rrrr..bb..',
    '...........',
    '.rrrr......',
    '.rrrr......',
    '...........',
  ]);
});

test('captions stand below, in the middle, and are cut off where there is no room', () => {
  const wide = blankImage(40, 3, [255, 0, 0]);
  const captions = ['I', 'a caption that is too long', undefined];
  const rows = picture(
    contactSheet(
      captions.map((caption) => ({ image: wide, caption })),
      { columns: 3, gap: 8, margin: 0 },
    ),
  );
  expect(rows).toHaveLength(3 + 2 + 16);
  const inked = rows.slice(3).map((row) => [0, 48, 96].map((x) => row.slice(x, x + 40).lastIndexOf('t')));
  expect(Math.max(...inked.map(([i = 0]) => i))).toBe(20);
  expect(Math.max(...inked.map(([, cut = 0]) => cut))).toBeGreaterThan(30);
  expect(Math.max(...inked.map(([, , none = 0]) => none))).toBe(-1);
});

test('a sheet in bands is the same, however many images come, and shrinks those that are too large', async () => {
  const cells = Array.from({ length: 5 }, (_, i) => ({ image: i % 2 ? RED : BLUE, caption: `${i}` }));
  const plan = { count: 5, cell: { width: 4, height: 6 }, captions: true };
  const sheet = contactSheet(cells, { columns: 2 });
  const bands = contactSheetInBands(cells, plan, { columns: 2 });
  expect([bands.width, bands.height]).toEqual([sheet.width, sheet.height]);
  expect(Buffer.concat(await allOf(bands.bands))).toEqual(Buffer.from(sheet.data));

  const small = contactSheetInBands(
    cells.slice(0, 2),
    { ...plan, cell: { width: 2, height: 3 } },
    { margin: 0 },
  );
  const data = new Uint8Array(Buffer.concat(await allOf(small.bands)));
  const first = picture({ ...small, channels: 3, data }).slice(0, 3);
  expect(first.map((row) => row.replace(/\.*$/, ''))).toEqual(['b', 'b', 'b.........rr']);
});

test('more images than were planned are refused', async () => {
  const plan = { count: 1, cell: RED, captions: false };
  const { bands } = contactSheetInBands([{ image: RED }, { image: RED }], plan);
  await expect(allOf(bands)).rejects.toThrow('contactSheet: expected 1 images, got more');
});

test('images side by side are as high as the first', () => {
  const both = sideBySide([{ image: RED }, { image: BLUE }], { gap: 2, margin: 1 });
  expect(picture(both)).toEqual(['.........', '.rrrr..b.', '.rrrr..b.', '.........']);
  expect(placesSideBySide([RED, BLUE], { gap: 2, margin: 1 })).toEqual([
    { x: 1, y: 1, width: 4, height: 2 },
    { x: 7, y: 1, width: 1, height: 2 },
  ]);
});

test('columns are no more than images', () => {
  const cells = [{ image: RED }, { image: BLUE }];
  expect(contactSheet(cells, { columns: 9 })).toEqual(contactSheet(cells, { columns: 2 }));
});

test('where fewer images come than were planned, their places stay empty, and none is larger than it is', async () => {
  const plan = { count: 5, cell: { width: 6, height: 6 }, captions: false };
  const { width, height, bands } = contactSheetInBands([{ image: RED }], plan, {
    columns: 2,
    margin: 0,
    gap: 0,
  });
  const data = new Uint8Array(Buffer.concat(await allOf(bands)));
  const rows = picture({ width, height, channels: 3, data });
  expect(rows).toHaveLength(3 * 6);
  const red = rows.flatMap((row, y) => (row.includes('r') ? [`${y} ${row}`] : []));
  expect(red).toEqual(['4 .rrrr.......', '5 .rrrr.......']);
});

test('an image beside another has a pixel at least', () => {
  const tall = blankImage(1, 50, [0, 0, 255]);
  expect(picture(sideBySide([{ image: RED }, { image: tall }], { gap: 1 }))).toEqual(['rrrr.b', 'rrrr.b']);
});
