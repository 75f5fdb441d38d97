/** Similarity and correspondences beside brute force in NumPy, and on images whose geometry is known. */
import { readFileSync } from 'node:fs';
import { setDevice } from '../../../backends/devices.ts';
import type { Point } from '../../../images/geometry/box.ts';
import { PatchGrid, patchGrid } from '../../../images/geometry/patch-grid.ts';
import { viewConfig } from '../../../images/geometry/view-options.ts';
import { resizeAndCrop } from '../../../images/process-image.ts';
import { DINOV2_PROCESSOR } from '../../../images/processor-config.ts';
import type { RawImage } from '../../../images/raw-image.ts';
import { memorySource } from '../../../sources/byte-source.ts';
import { noise } from '../../../testing/noise.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import type { PlacedFeatures } from '../placed-features.ts';
import { matchPatches, type PatchMatch } from './match-patches.ts';
import { similarityMap } from './similarity-map.ts';

const FIXTURE = new URL('../../../conformance/fixtures/similarity.safetensors', import.meta.url);
/** `dump_similarity.py` */
const [DIM, RATIO] = [24, 0.5];

const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(FIXTURE))), 'similarity');

async function bytesOf(name: string): Promise<ArrayBuffer> {
  return new Uint8Array(await file.read(name)).buffer;
}

/** A grid whose patches are pixels of the image. */
function gridOf(rows: number, columns: number): PatchGrid {
  const size = { height: rows, width: columns };
  return new PatchGrid({
    image: size,
    resized: size,
    input: size,
    offset: { x: 0, y: 0 },
    patchSize: [1, 1],
  });
}

async function placed(name: string, rows: number, columns: number): Promise<PlacedFeatures> {
  return { features: new Float32Array(await bytesOf(name)), dim: DIM, grid: gridOf(rows, columns) };
}

async function pairsOf(name: string): Promise<number[][]> {
  const values = new Int32Array(await bytesOf(name));
  return Array.from({ length: values.length / 2 }, (_, i) => [...values.slice(2 * i, 2 * i + 2)]);
}

const a = await placed('a', 7, 9);
const b = await placed('b', 6, 8);

beforeAll(() => setDevice('auto'));

function inOrder(matches: readonly PatchMatch[]): number[][] {
  return matches.map(({ from, to }) => [from, to]).sort(([one = 0], [other = 0]) => one - other);
}

test.each(['cpu', 'simd'] as const)(
  'mutual nearest patches, and those that pass the ratio test, are NumPy’s, on %s',
  async (device) => {
    await setDevice(device);
    const matches = await matchPatches(a, b);
    expect(inOrder(matches)).toEqual(await pairsOf('pairs'));
    const cosines = new Float32Array(await bytesOf('cosines'));
    for (const { from, to, cosine } of matches) expect(cosine).toBeCloseTo(cosines[from * 48 + to]!, 6);
    expect(matches.map(({ cosine }) => cosine)).toEqual(
      matches.map(({ cosine }) => cosine).sort((x, y) => y - x),
    );
    const sure = await matchPatches(a, b, { ratio: RATIO });
    expect(inOrder(sure)).toEqual(await pairsOf('sure'));
    expect(sure.length).toBeLessThan(matches.length);
  },
);

test('a map has NumPy’s cosines', async () => {
  const cosines = new Float32Array(await bytesOf('cosines'));
  for (const patch of [0, 31, 62]) {
    const map = similarityMap(a, a.grid.centreOf(patch), b);
    expect(map).toHaveLength(48);
    const expected = cosines.subarray(patch * 48, (patch + 1) * 48);
    expect(Math.max(...map.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
  }
});

test('a box stands for the directions of its patches, by how much of each it covers', () => {
  const whole = similarityMap(a, { x: 2, y: 3, width: 1, height: 1 }, b);
  expect([...whole]).toEqual([...similarityMap(a, { x: 2.5, y: 3.5 }, b)]);
  const both = similarityMap(a, { x: 2.25, y: 3, width: 1, height: 0.5 }, b);
  const right = similarityMap(a, { x: 3.5, y: 3.5 }, b);
  const sum = whole.map((value, i) => 0.375 * value + 0.125 * right[i]!);
  const ratio = both[0]! / sum[0]!;
  expect(ratio).toBeGreaterThan(1);
  for (const [i, value] of both.entries()) expect(value / sum[i]!).toBeCloseTo(ratio, 3);
});

test('patches that the foreground leaves out, and padding, are in no pair', async () => {
  const [from, to] = [new Uint8Array(63).fill(1), new Uint8Array(48).fill(1)];
  from.fill(0, 30);
  to.fill(0, 0, 12);
  const matches = await matchPatches(a, b, { foreground: { from, to } });
  expect(matches.length).toBeGreaterThan(0);
  expect(matches.filter((match) => match.from >= 30 || match.to < 12)).toEqual([]);

  const padded = {
    ...b,
    grid: new PatchGrid({
      ...b.grid.toJSON(),
      image: { height: 6, width: 4 },
      resized: { height: 6, width: 4 },
    }),
  };
  const places = await matchPatches(a, padded);
  expect(places.length).toBeGreaterThan(0);
  expect(places.filter((match) => match.to % 8 >= 4)).toEqual([]);
  expect(await matchPatches(a, b, { foreground: { from: from.fill(0), to } })).toEqual([]);
});

test('what can not be compared is refused', async () => {
  const narrow = { ...b, dim: 12, features: b.features.subarray(48 * 12) };
  await expect(matchPatches(a, narrow)).rejects.toThrow(
    'expected patches of 24 values, got 12; take features of one model',
  );
  expect(() => similarityMap(a, { x: 1, y: 1 }, narrow)).toThrow('expected patches of 24 values, got 12');
  const few = { ...b, features: b.features.subarray(24) };
  await expect(matchPatches(a, few)).rejects.toThrow('expected 6 × 8 patches as the grid has, got 47');
  expect(() => similarityMap(a, { x: 9, y: 1 }, b)).toThrow(
    'x from 0 to below 9 and y from 0 to below 7, got 9, 1',
  );
  expect(() => similarityMap(a, { x: 9, y: 1, width: 2, height: 3 }, b)).toThrow('below 7, got 9, 1, 2, 3');
  const named = { x: 1, y: 1, w: 3, h: 3 };
  expect(() => similarityMap(a, named, b)).toThrow(
    'at: expected x and y, or x, y, width and height, got {"x":1,"y":1,"w":3,"h":3}; write all four of a box',
  );
  expect(() => similarityMap(a, { x: -4, y: 1, width: 3, height: 3 }, b)).toThrow(
    'a place that the model sees',
  );
  const foreground = { from: new Uint8Array(63), to: new Uint8Array(63) };
  await expect(matchPatches(a, b, { foreground })).rejects.toThrow('a value for each of 48 patches, got 63');
  await expect(matchPatches(a, b, { ratio: -1 })).rejects.toThrow('ratio must be a number of at least 0');
});

/** A scene in which a colour is at one place alone, of which an image is a window. */
function scene(channel: number, x: number, y: number): number {
  const wave = 4 * Math.sin(x * 0.06 + y * 0.09 + channel) + 2 * Math.sin(x * 0.11 - y * 0.07);
  return [30 + 1.1 * x, 30 + 1.5 * y, 120 + 0.5 * x - 0.6 * y][channel]! + wave;
}

/** An image whose pixel (x, y) shows a point of the scene. */
function imageOf(width: number, height: number, place: (at: Point) => Point): RawImage {
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = place({ x: x + 0.5, y: y + 0.5 });
      for (let channel = 0; channel < 3; channel++) {
        data[3 * (y * width + x) + channel] = Math.round(scene(channel, at.x, at.y));
      }
    }
  }
  return { width, height, channels: 3, data };
}

/** Features that turn with the image: of the mean colour of each patch, waves of many lengths. */
function colourFeatures(image: RawImage, fit: 'stretch' | 'pad' | 'crop'): PlacedFeatures {
  const patch = [7, 7] as const;
  const config = viewConfig(DINOV2_PROCESSOR, image, { fit, size: 98 }, patch, 98);
  const grid = patchGrid(image, config, patch);
  const { data, width } = resizeAndCrop(image, config, 'torchvision');
  const dim = 48;
  const features = new Float32Array(grid.size * dim);
  for (let patch = 0; patch < grid.size; patch++) {
    const [top, left] = [Math.floor(patch / grid.columns) * 7, (patch % grid.columns) * 7];
    const mean = [0, 1, 2].map((channel) => {
      let sum = 0;
      for (let i = 0; i < 49; i++) {
        sum += data[((top + Math.floor(i / 7)) * width + left + (i % 7)) * 3 + channel]!;
      }
      return sum / 49 / 255;
    });
    for (let d = 0; d < dim; d++) {
      const phase = mean.reduce(
        (sum, value, channel) => sum + value * 9 * Math.sin(d * (4.7 + 3.8 * channel) + channel),
        0,
      );
      features[patch * dim + d] = Math.cos(phase + d);
    }
  }
  return { features, dim, grid };
}

/** How an image lies in the scene, and where a point of the plain one is on it. */
const CHANGES: readonly [string, number, number, (at: Point) => Point, (at: Point) => Point][] = [
  ['a quarter turn', 117, 150, ({ x, y }) => ({ x: y, y: 117 - x }), ({ x, y }) => ({ x: 117 - y, y: x })],
  ['a flip', 150, 117, ({ x, y }) => ({ x: 150 - x, y }), ({ x, y }) => ({ x: 150 - x, y })],
  ['a crop', 120, 98, ({ x, y }) => ({ x: x + 23, y: y + 11 }), ({ x, y }) => ({ x: x - 23, y: y - 11 })],
  ['half the size', 75, 58, ({ x, y }) => ({ x: 2 * x, y: 2 * y }), ({ x, y }) => ({ x: x / 2, y: y / 2 })],
];

describe.each(CHANGES)('%s', (name, width, height, toScene, expected) => {
  const fits = name === 'a quarter turn' ? (['stretch', 'pad', 'crop'] as const) : (['stretch'] as const);
  test.each(fits)('is found within half a patch, with %s', async (fit) => {
    const from = colourFeatures(
      imageOf(150, 117, (at) => at),
      fit,
    );
    const to = colourFeatures(imageOf(width, height, toScene), fit);
    const errors = async (refine: boolean): Promise<number[]> => {
      const matches = await matchPatches(from, to, { refine });
      // what only one of them shows, or at its edge, is nowhere right
      const both = matches.filter(({ fromPoint }) => {
        const { x, y } = to.grid.toInput(expected(fromPoint));
        return x > 11 && y > 11 && x < to.grid.input.width - 11 && y < to.grid.input.height - 11;
      });
      expect(both.length).toBeGreaterThan(0.3 * to.grid.size);
      return both.map(({ fromPoint, toPoint }) => {
        const place = to.grid.toInput(expected(fromPoint));
        const found = to.grid.toInput(toPoint);
        return Math.max(Math.abs(place.x - found.x), Math.abs(place.y - found.y)) / 7;
      });
    };
    const [plain, refined] = [await errors(false), await errors(true)];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.max(...refined)).toBeLessThan(0.5);
    expect(mean(refined)).toBeLessThan(0.15);
    // patches that lie on patches are right as they are
    expect(mean(refined)).toBeLessThan(Math.max(0.5 * mean(plain), 0.002));
  });
});

test('features that are not finite are refused, whichever image has them', async () => {
  const odd = { ...a, features: a.features.map((value, i) => (i === 3 * DIM + 1 ? Number.NaN : value)) };
  const refusal = 'expected features that are finite, got NaN in patch 3; leave that image out';
  const at = { x: 0.5, y: 0.5 };
  for (const [from, to] of [
    [odd, a],
    [a, odd],
  ] as const) {
    await expect(matchPatches(from, to)).rejects.toThrow(`matchPatches: ${refusal}`);
  }
  expect(() => similarityMap(a, at, odd)).toThrow(`similarityMap: ${refusal}`);
  expect(() => similarityMap(odd, { x: 3.5, y: 0.5 }, a)).toThrow(`similarityMap: ${refusal}`);
});

test('of a box only what is image counts, not the padding beside it', () => {
  // three patches, of which the first lies in the padding but for a fifth, and the last is image
  const size = { height: 1, width: 3 };
  const grid = new PatchGrid({
    image: { height: 1, width: 2.2 },
    resized: { height: 1, width: 2.2 },
    input: size,
    offset: { x: 0.8, y: 0 },
    patchSize: [1, 1],
  });
  const padded = { features: Float32Array.of(1, 0, 0, 1, 0, 1), dim: 2, grid };
  const box = { x: -0.8, y: 0, width: 2, height: 1 };
  const all = { ...padded, grid: new PatchGrid({ ...grid, resized: size, offset: { x: 0, y: 0 } }) };
  const [first = 0, second = 0] = similarityMap(padded, box, all);
  expect(first / second).toBeCloseTo(0.2, 6);
});

test('a patch of zeros is like none', () => {
  const zeros = { features: Float32Array.of(0, 0, 3, 4), dim: 2, grid: gridOf(1, 2) };
  expect([...similarityMap(zeros, { x: 1.5, y: 0.5 }, zeros)]).toEqual([0, 1]);
  expect([...similarityMap(zeros, { x: 0.5, y: 0.5 }, zeros)]).toEqual([0, 0]);
  expect([...similarityMap(zeros, { x: 0, y: 0, width: 2, height: 1 }, zeros)]).toEqual([0, 1]);
});

test('more pairs than are computed at once are all looked at', async () => {
  // 2100² cosines
  const many = { features: noise(2100 * 6, 5), dim: 6, grid: gridOf(30, 70) };
  const matches = await matchPatches(many, many, { refine: false });
  expect(inOrder(matches)).toEqual(Array.from({ length: 2100 }, (_, i) => [i, i]));
});

test('a place at an edge stays in the middle of its patch along that axis', async () => {
  const unit = (degrees: number) => [Math.cos, Math.sin].map((f) => f((degrees * Math.PI) / 180));
  const from = { features: Float32Array.from(unit(0)), dim: 2, grid: gridOf(1, 1) };
  // the patch that is nearest is the last of its row, and the one numbered after it is the first of the next
  const features = Float32Array.from([60, 20, 3, 10, 50, 70].flatMap(unit));
  const [match] = await matchPatches(from, { features, dim: 2, grid: gridOf(2, 3) });
  expect(match?.to).toBe(2);
  expect(match?.toPoint).toEqual({ x: 2.5, y: 0.5 });
});

test('of equally near patches the first is matched, on either side', async () => {
  const twice = { features: Float32Array.of(1, 0, 1, 0), dim: 2, grid: gridOf(1, 2) };
  expect(inOrder(await matchPatches(twice, twice))).toEqual([[0, 0]]);
});

test('where a neighbour that takes no part is nearer still, there is no top to find, and the middle stays', async () => {
  const from = { features: Float32Array.of(1, 0, 0), dim: 3, grid: gridOf(1, 1) };
  // cosines 0.2, 0.5 and 1 with the patch; the middle one's with both others are 0.5
  const features = Float32Array.of(0.2, 0.46188, 0.86409, 0.5, 0.8660254, 0, 1, 0, 0);
  const foreground = { from: Uint8Array.of(1), to: Uint8Array.of(1, 1, 0) };
  const [match] = await matchPatches(from, { features, dim: 3, grid: gridOf(1, 3) }, { foreground });
  expect(match?.to).toBe(1);
  expect(match?.toPoint.x).toBeCloseTo(1.5, 4);
});

test('the ratio test compares with what does not touch the nearest patch, beside, above or at a corner', async () => {
  const from = { features: Float32Array.of(1, 0), dim: 2, grid: gridOf(1, 1) };
  const grid = gridOf(3, 4);
  const nearest = 4;
  const kept: number[] = [];
  for (let rival = 0; rival < grid.size; rival++) {
    if (rival === nearest) continue;
    const features = new Float32Array(2 * grid.size).map((_, i) => i % 2);
    features.set([0.89, Math.sqrt(1 - 0.89 ** 2)], 2 * rival);
    features.set([0.9, Math.sqrt(1 - 0.9 ** 2)], 2 * nearest);
    const matches = await matchPatches(from, { features, dim: 2, grid }, { ratio: 0.9 });
    if (matches.length > 0) kept.push(rival);
  }
  // the third patch of the row above and the last one have the numbers beside it, and lie elsewhere
  expect(kept).toEqual([0, 1, 5, 8, 9]);
});

test('matches of equal cosines are in the order of the first image', async () => {
  const grid = gridOf(1, 3);
  const features = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const turned = Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0);
  const matches = await matchPatches({ features, dim: 3, grid }, { features: turned, dim: 3, grid });
  expect(matches.map(({ from, to, cosine }) => [from, to, cosine])).toEqual([
    [0, 1, 1],
    [1, 2, 1],
    [2, 0, 1],
  ]);
});
