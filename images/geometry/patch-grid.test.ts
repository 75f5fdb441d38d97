/** Patch grids beside what the image processor does with the pixels. */
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { resizeAndCrop } from '../process-image.ts';
import { PROCESSOR_BACKENDS, type ProcessorBackend } from '../processor-backend.ts';
import { DINOV2_PROCESSOR, type ProcessorConfig } from '../processor-config.ts';
import { type ProcessorSettings, withSettings } from '../processor-settings.ts';
import type { RawImage } from '../raw-image.ts';
import type { Point } from './box.ts';
import { PatchGrid, patchGrid } from './patch-grid.ts';

function config(settings: ProcessorSettings): ProcessorConfig {
  return withSettings(DINOV2_PROCESSOR, settings, 'test');
}

/** Settings of every form, with the sizes of images that they are tried on. */
const CASES: readonly [string, ProcessorConfig][] = [
  ['as DINOv2, smaller', config({ size: 72, cropSize: 63 })],
  ['exact, not in proportion', config({ size: [42, 63], doCenterCrop: false })],
  ['shortest edge, no crop', config({ size: 63, doCenterCrop: false })],
  ['shortest and longest edge', config({ size: { shortestEdge: 60, longestEdge: 90 }, doCenterCrop: false })],
  ['within', config({ size: { maxHeight: 80, maxWidth: 70 }, doCenterCrop: false })],
  ['a crop that pads both sides', config({ size: 40, cropSize: 111 })],
  ['a crop that pads one side and cuts the other', config({ size: 50, cropSize: [43, 85] })],
  ['no resize, cut', config({ doResize: false, cropSize: 45 })],
  ['as it is', config({ doResize: false, doCenterCrop: false })],
  ['nearest', config({ size: 85, resample: 'nearest', cropSize: 77 })],
];
const SIZES = [
  { width: 41, height: 36 },
  { width: 29, height: 57 },
];

/** Black with a white square. */
function withSquare(width: number, height: number, left: number, top: number, side: number): RawImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = top; y < top + side; y++)
    data.fill(255, (y * width + left) * 3, (y * width + left + side) * 3);
  return { width, height, channels: 3, data };
}

/** Where the light is in the middle, and how much of it is in each patch. */
function light(seen: RawImage, grid: PatchGrid): { centre: Point; ofPatches: number[] } {
  const ofPatches = Array.from({ length: grid.size }, () => 0);
  let [sum, sumX, sumY] = [0, 0, 0];
  for (let y = 0; y < seen.height; y++) {
    for (let x = 0; x < seen.width; x++) {
      const value = seen.data[(y * seen.width + x) * 3]!;
      if (value === 0) continue;
      sum += value;
      sumX += value * (x + 0.5);
      sumY += value * (y + 0.5);
      const [row, column] = [Math.floor(y / grid.patchSize[0]), Math.floor(x / grid.patchSize[1])];
      if (row < grid.rows && column < grid.columns) ofPatches[row * grid.columns + column]! += value;
    }
  }
  return { centre: { x: sumX / sum, y: sumY / sum }, ofPatches };
}

describe.each(CASES)('%s', (_, settings) => {
  const patchSize = [7, 9] as const;

  // they part where what is cropped or padded has an odd pixel
  test.each(settings.doCenterCrop ? PROCESSOR_BACKENDS : (['torchvision'] as const))(
    'a white dot is brightest in the patch that is at its place, with %s',
    (backend) => {
      let inside = 0;
      for (const { width, height } of SIZES) {
        const side = 4;
        const grid = patchGrid({ width, height }, settings, patchSize, backend);
        for (const [left, top] of [
          [1, 3],
          [width / 2, height / 2],
          [width - 5, height - 5],
        ].map((each) => each.map(Math.floor))) {
          const dot = { x: left! + side / 2, y: top! + side / 2 };
          const seen = resizeAndCrop(withSquare(width, height, left!, top!, side), settings, backend);
          expect({ height: seen.height, width: seen.width }).toEqual(grid.input);
          const { centre, ofPatches } = light(seen, grid);
          const patch = grid.patchAt(dot);
          const expected = grid.toInput(dot);
          const [reachX, reachY] = [
            (side * grid.resized.width) / width / 2 + 4,
            (side * grid.resized.height) / height / 2 + 4,
          ];
          const isWhole =
            expected.x > reachX &&
            expected.y > reachY &&
            expected.x < grid.input.width - reachX &&
            expected.y < grid.input.height - reachY;
          // what is cut at an edge has another middle
          if (isWhole) {
            expect(Math.abs(centre.x - expected.x)).toBeLessThan(0.55);
            expect(Math.abs(centre.y - expected.y)).toBeLessThan(0.55);
          }
          const most = Math.max(...ofPatches);
          if (patch === undefined || !isWhole) continue;
          inside++;
          // a dot on the edge of two patches may shine as much in either
          expect(ofPatches[patch]!).toBeGreaterThan(0.45 * most);
          const [middle, box] = [grid.centreOf(patch), grid.boxOf(patch)];
          const isInMiddle =
            Math.abs(dot.x - middle.x) < box.width / 4 && Math.abs(dot.y - middle.y) < box.height / 4;
          if (isInMiddle) expect(ofPatches.indexOf(most)).toBe(patch);
        }
      }
      expect(inside).toBeGreaterThan(1);
    },
  );

  test('points go there and back; the middle of a patch is in it, and its coverage is what is not padding', () => {
    for (const image of SIZES) {
      const grid = patchGrid(image, settings, patchSize);
      for (const point of [
        { x: 0, y: 0 },
        { x: 12.5, y: 20.25 },
        { x: -3, y: image.height + 2 },
      ]) {
        const back = grid.toImage(grid.toInput(point));
        expect(back.x).toBeCloseTo(point.x, 9);
        expect(back.y).toBeCloseTo(point.y, 9);
      }
      const white = withSquare(image.width, image.height, 0, 0, 0);
      white.data.fill(255);
      const { ofPatches } = light(resizeAndCrop(white, settings, 'torchvision'), grid);
      const { visible } = grid;
      const patches = Array.from({ length: grid.size }, (_, patch) => patch);
      const wrongCoverage = patches.filter(
        (patch) => Math.abs(grid.coverage(patch) - ofPatches[patch]! / (255 * 7 * 9)) > 1e-9,
      );
      expect(wrongCoverage).toEqual([]);
      const wrongPlace = patches.filter((patch) => {
        const { x, y } = grid.centreOf(patch);
        const isVisible =
          x >= visible.x && y >= visible.y && x < visible.x + visible.width && y < visible.y + visible.height;
        return grid.patchAt({ x, y }) !== (isVisible ? patch : undefined);
      });
      expect(wrongPlace).toEqual([]);
      const wrongMiddle = patches.filter((patch) => {
        const [{ x, y }, box] = [grid.centreOf(patch), grid.boxOf(patch)];
        return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) > 1e-9;
      });
      expect(wrongMiddle).toEqual([]);
    }
  });
});

test('a click in the padding, on what is cut off, beside the image or behind the last whole patch is on no patch', () => {
  const padded = patchGrid({ width: 20, height: 10 }, config({ doResize: false, cropSize: [14, 42] }), 7);
  expect(padded.offset).toEqual({ x: 11, y: 2 });
  expect(padded.patchAt(padded.toImage({ x: 10.9, y: 7 }))).toBeUndefined();
  expect(padded.patchAt(padded.toImage({ x: 11.1, y: 7.5 }))).toBe(6 + 1);
  expect(padded.patchAt({ x: 20, y: 5 })).toBeUndefined();
  expect(padded.patchAt({ x: Number.NaN, y: 5 })).toBeUndefined();
  expect(padded.coverage(0)).toBe(0);
  expect(padded.coverage(1)).toBe((3 * 5) / 49);
  expect(padded.boxOf(0)).toEqual({ x: -11, y: -2, width: 7, height: 7 });
  expect(padded.visible).toEqual({ x: 0, y: 0, width: 20, height: 10 });

  const cut = patchGrid({ width: 40, height: 20 }, config({ doResize: false, cropSize: 17 }), 7);
  expect([cut.rows, cut.columns]).toEqual([2, 2]);
  expect(cut.visible).toEqual({ x: 11, y: 1, width: 14, height: 14 });
  expect(cut.patchAt({ x: 10.9, y: 2 })).toBeUndefined();
  expect(cut.patchAt({ x: 11, y: 1 })).toBe(0);
  expect(cut.patchAt({ x: 24.9, y: 14.9 })).toBe(3);
  expect(cut.patchAt({ x: 25, y: 2 })).toBeUndefined();
  expect(cut.patchAt({ x: 12, y: 15 })).toBeUndefined();
});

test('every pixel of an image is on a patch where all of it is seen, whatever its size', () => {
  const settings = config({ size: [49, 63], doCenterCrop: false });
  for (const [width, height] of [
    [1, 1],
    [1, 37],
    [13, 1],
    [101, 67],
    [10000, 10],
  ] as const) {
    const grid = patchGrid({ width, height }, settings, 7);
    expect(grid.visible).toEqual({ x: 0, y: 0, width, height });
    expect(grid.patchAt({ x: 0, y: 0 })).toBe(0);
    expect(grid.patchAt({ x: width - 1e-9, y: height - 1e-9 })).toBe(grid.size - 1);
    const inMiddle = Array.from({ length: width }, (_, x) => grid.patchAt({ x: x + 0.5, y: height / 2 }));
    expect(inMiddle).not.toContain(undefined);
    expect(grid.patchAt({ x: width, y: 0 })).toBeUndefined();
    expect(grid.patchAt({ x: 0, y: -1e-9 })).toBeUndefined();
  }
});

test('what is written of a grid makes it again', () => {
  const grid = patchGrid({ width: 61, height: 47 }, DINOV2_PROCESSOR, 14);
  expect(new PatchGrid(JSON.parse(JSON.stringify(grid)))).toEqual(grid);
  expect(grid.toJSON()).toMatchObject({ rows: 16, columns: 16 });
});

test('what is no patch is refused by name', () => {
  const grid = patchGrid({ width: 61, height: 47 }, DINOV2_PROCESSOR, 14);
  for (const patch of [-1, 256, 0.5, Number.NaN]) {
    for (const ask of ['boxOf', 'centreOf', 'coverage'] as const) {
      expect(() => grid[ask](patch)).toThrow(OptionError);
      expect(() => grid[ask](patch)).toThrow('expected a patch from 0 to 255, got');
    }
  }
  const backend: ProcessorBackend = 'pil';
  const small = config({ cropSize: 13 });
  expect(() => patchGrid({ width: 61, height: 47 }, small, 14, backend)).toThrow(ShapeError);
});

test('a point that is seen is on a patch, where rounding has it beside the input', () => {
  /** A square image of which an input of some patches shows the middle. */
  const gridOf = (side: number, patches: number, cut: number): PatchGrid =>
    new PatchGrid({
      image: { width: side, height: side },
      resized: { width: 7 * patches + 2 * cut, height: 7 * patches + 2 * cut },
      offset: { x: -cut, y: -cut },
      input: { width: 7 * patches, height: 7 * patches },
      patchSize: [7, 7],
    });
  const low = gridOf(5, 7, 3);
  const { x, y } = low.visible;
  expect(low.toInput({ x, y }).x).toBeLessThan(0);
  expect(low.patchAt({ x, y })).toBe(0);
  const high = gridOf(6, 7, 1);
  const end = high.visible.x + high.visible.width;
  const last = end * (1 - 2 ** -53);
  expect(last).toBeLessThan(end);
  expect(high.toInput({ x: last, y: last })).toEqual({ x: 49, y: 49 });
  expect(high.patchAt({ x: last, y: last })).toBe(48);
});
