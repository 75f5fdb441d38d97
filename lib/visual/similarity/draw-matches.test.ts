/** Lines between two images: from where to where, over what, and which is on top. */
import { PatchGrid } from '../../../images/geometry/patch-grid.ts';
import type { RawImage } from '../../../images/raw-image.ts';
import { palette } from '../../../rendering/colormap.ts';
import { enlargedView } from '../enlarged-view.ts';
import { drawMatches } from './draw-matches.ts';
import type { PatchMatch } from './match-patches.ts';

/** A grey view of an image of twice its size, in patches of 4. */
function view(width: number, height: number) {
  const input = { width, height };
  const image = { width: 2 * width, height: 2 * height };
  const grid = new PatchGrid({ image, resized: input, offset: { x: 0, y: 0 }, input, patchSize: [4, 4] });
  const seen: RawImage = { ...input, channels: 3, data: new Uint8Array(3 * width * height).fill(100) };
  return { grid, seen };
}

function pixel({ width, data }: RawImage, x: number, y: number): number[] {
  return [...data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
}

/** Points in pixels of the images, which are twice as large as what is seen. */
const match = (fromPoint: PatchMatch['fromPoint'], toPoint: PatchMatch['toPoint']): PatchMatch => ({
  from: 0,
  to: 0,
  fromPoint,
  toPoint,
  cosine: 1,
});
const LINES = { width: 2, halo: 0, antialias: false, gap: 4 };

test('a line leads from a place on the first image to one on the second, which is drawn as high', () => {
  const a = view(16, 24);
  const b = view(16, 12);
  // rows 6 of 24 and 3 of 12, which is drawn in 24: one line across at row 6
  const image = drawMatches(a, b, [match({ x: 16, y: 12 }, { x: 16, y: 6 })], LINES);
  expect([image.width, image.height]).toEqual([16 + 4 + 32, 24]);
  const [colour] = palette('turbo', 1);
  for (const x of [8, 18, 35]) expect(pixel(image, x, 6)).toEqual([...(colour ?? [])]);
  for (const [x, y] of [
    [5, 6],
    [38, 6],
    [8, 9],
    [35, 3],
  ] as const)
    expect(pixel(image, x, y)).toEqual([100, 100, 100]);
  expect(pixel(a.seen, 8, 6)).toEqual([100, 100, 100]);
});

test('the first match lies on top, in the first colour', () => {
  const [a, b] = [view(16, 16), view(16, 16)];
  const crossing = [match({ x: 16, y: 8 }, { x: 16, y: 24 }), match({ x: 16, y: 24 }, { x: 16, y: 8 })];
  const image = drawMatches(a, b, crossing, { ...LINES, colormap: 'viridis' });
  expect(pixel(image, 18, 8)).toEqual([...(palette('viridis', 2)[0] ?? [])]);
  expect(pixel(image, 9, 11)).toEqual([...(palette('viridis', 2)[1] ?? [])]);
});

test('views that are drawn larger have lines in the same places', () => {
  const [a, b] = [view(16, 16), view(16, 16)].map((each) => enlargedView(each, 3));
  if (a === undefined || b === undefined) throw new Error('two views');
  const image = drawMatches(a, b, [match({ x: 16, y: 16 }, { x: 16, y: 16 })], { ...LINES, gap: 0 });
  expect([image.width, image.height]).toEqual([96, 48]);
  expect(pixel(image, 60, 24)).not.toEqual([100, 100, 100]);
  expect(pixel(image, 20, 24)).toEqual([100, 100, 100]);
});
