import { readFileSync } from 'node:fs';
import { ImageError } from '../errors/errors.ts';
import type { RawImage } from '../images/raw-image.ts';
import { enlarge, type Interpolation } from './enlarge.ts';
import { gridImage, gridPlane } from './grid-image.ts';
import { overlay } from './overlay.ts';

/** Written by `conformance/python/dump_colormaps.py`. */
const { resized } = JSON.parse(readFileSync('conformance/fixtures/colormaps.json', 'utf8'));

test.each<{ interpolation: Interpolation; values: number[] }>(resized.cases)(
  'a plane is enlarged as by Pillow, $interpolation',
  ({ interpolation, values }) => {
    const plane = { width: resized.width, height: resized.height, values: Float32Array.from(resized.values) };
    const { width, height, values: given } = enlarge(plane, 13, 9, interpolation);
    expect([width, height]).toEqual([13, 9]);
    expect([...given]).toEqual(values);
  },
);

test('along an axis that keeps its length nothing is mixed', () => {
  const plane = { width: 2, height: 1, values: Float32Array.of(Number.NaN, 5) };
  expect([...enlarge(plane, 2, 2, 'bicubic').values]).toEqual([Number.NaN, 5, Number.NaN, 5]);
});

/** 1×2 patches of 2×3 pixels, and a column and a row that belong to none. */
const GRID = { rows: 1, columns: 2, patchSize: [2, 3], input: { height: 3, width: 7 } } as const;

test('each patch has its colour, and what belongs to none is black', () => {
  const image = gridImage(GRID, Uint8Array.of(1, 2, 3, 4, 5, 6));
  const reds = [...image.data].filter((_, i) => i % 3 === 0);
  expect([image.width, image.height]).toEqual([7, 3]);
  expect(reds).toEqual([1, 1, 1, 4, 4, 4, 0, 1, 1, 1, 4, 4, 4, 0, ...new Array(7).fill(0)]);
});

test('values between patches are blended where that is wanted, and there are none where no patch is', () => {
  const { values } = gridPlane(GRID, Float32Array.of(0, 6), { interpolation: 'bilinear' });
  expect([...values.subarray(0, 7)]).toEqual([0, 0, 2, 4, 6, 6, Number.NaN].map(Math.fround));
  expect([...values.subarray(14)]).toEqual(new Array(7).fill(Number.NaN));
});

test('as many colours and values are expected as there are patches', () => {
  expect(() => gridImage(GRID, new Uint8Array(9))).toThrow(ImageError);
  expect(() => gridPlane(GRID, new Float32Array(3))).toThrow(ImageError);
});

function pixels(...data: number[]): RawImage {
  return { width: data.length / 3, height: 1, channels: 3, data: Uint8Array.from(data) };
}

test('what lies over an image is mixed with it, by one opacity or one of each pixel', () => {
  const [below, above] = [pixels(0, 100, 255, 0, 100, 255), pixels(10, 0, 0, 10, 0, 0)];
  expect([...overlay(below, above, 0.25).data]).toEqual([3, 75, 191, 3, 75, 191]);
  const opacity = { width: 2, height: 1, values: Float32Array.of(Number.NaN, 1) };
  expect([...overlay(below, above, opacity).data]).toEqual([0, 100, 255, 10, 0, 0]);
  const beyond = { width: 2, height: 1, values: Float32Array.of(3, -2) };
  expect([...overlay(below, above, beyond).data]).toEqual([
    ...above.data.subarray(0, 3),
    ...below.data.subarray(3),
  ]);
  expect(() => overlay(below, pixels(1, 2, 3), 1)).toThrow(/expected 2×1 pixels .* got 1×1; use enlarge/);
  const few = { width: 1, height: 2, values: Float32Array.of(1, 1) };
  expect(() => overlay(below, above, few)).toThrow(/expected 2×1 pixels .* got 1×2; use enlarge/);
});
