/** Patches of padding: they have no part in what is made of features, and are drawn as background. */
import { setDevice } from '../../backends/devices.ts';
import { PatchGrid } from '../../images/geometry/patch-grid.ts';
import { noise } from '../../testing/noise.ts';
import { kMeans } from './clusters/k-means.ts';
import { imagePatches } from './padding.ts';
import type { PatchMatrix } from './patch-matrix.ts';
import { fitPca } from './pca/fit-pca.ts';
import { matchPatches } from './similarity/match-patches.ts';
import { similarityMap } from './similarity/similarity-map.ts';

const DIM = 6;

/** Three rows of five patches of 4 pixels; an image as high as they are, of some of their width. */
function gridOf(x: number, width: number): PatchGrid {
  const size = { width, height: 12 };
  const input = { width: 20, height: 12 };
  return new PatchGrid({ image: size, resized: size, offset: { x, y: 0 }, input, patchSize: [4, 4] });
}

/** Features of which those of padding are far from all others. */
function padded(seed: number) {
  const grid = gridOf(5, 10);
  const features = noise(grid.size * DIM, seed);
  for (let patch = 0; patch < grid.size; patch++) {
    if (patch % 5 === 0 || patch % 5 === 4) features.fill(-50, patch * DIM, (patch + 1) * DIM);
  }
  return { features, dim: DIM, grid };
}

const INSIDE = [1, 2, 3, 6, 7, 8, 11, 12, 13];

/** The same without padding. */
function bare({ features }: { features: Float32Array }) {
  const rows = INSIDE.flatMap((patch) => [...features.subarray(patch * DIM, (patch + 1) * DIM)]);
  return { features: Float32Array.from(rows), dim: DIM, grid: { rows: 3, columns: 3 } };
}

/** The same, one at a time, as often as they are asked for. */
function readAnew(matrices: readonly PatchMatrix[]): AsyncIterable<PatchMatrix> {
  return {
    [Symbol.asyncIterator]: async function* () {
      yield* matrices;
    },
  };
}

const [A, B] = [padded(1), padded(2)];

test.each([
  [5, 10, INSIDE],
  [6, 8, INSIDE],
  [7, 6, [2, 7, 12]],
  [7, 2, undefined],
  [0, 20, undefined],
  [-3, 26, undefined],
] as const)('an image from %d on, %d wide, is the patches %j', (x, width, expected) => {
  expect(imagePatches(gridOf(x, width))).toEqual(expected);
});

test('patches that are not square count by the side along an axis', () => {
  const parts = gridOf(5, 10).toJSON();
  const { imagePart } = new PatchGrid({ ...parts, patchSize: [6, 2] });
  expect(imagePart).toEqual({ row: 0, column: 2, rows: 2, columns: 6 });
  const below = new PatchGrid({
    image: { height: 9, width: 4 },
    resized: { height: 9, width: 4 },
    offset: { x: 0, y: 3 },
    input: { height: 15, width: 4 },
    patchSize: [3, 2],
  });
  expect(below.imagePart).toEqual({ row: 1, column: 0, rows: 3, columns: 2 });
});

test.each(['none', 'auto', 0.4] as const)('a PCA is that of the image, foreground %p', async (foreground) => {
  const found = await fitPca([A, B], { foreground });
  const expected = await fitPca([bare(A), bare(B)], { foreground });
  expect(Buffer.compare(found.toBytes(), expected.toBytes())).toBe(0);
  const read = await fitPca(readAnew([A, B]), { foreground });
  const expectedOfRead = await fitPca(readAnew([bare(A), bare(B)]), { foreground });
  expect(Buffer.compare(read.toBytes(), expectedOfRead.toBytes())).toBe(0);

  const colours = found.colours(A);
  const inside = INSIDE.flatMap((patch) => [...colours.subarray(3 * patch, 3 * patch + 3)]);
  expect(inside).toEqual([...expected.colours(bare(A))]);
  const mask = found.foregroundOf(A);
  for (const patch of [0, 4, 9, 10]) {
    expect([mask[patch], ...colours.subarray(3 * patch, 3 * patch + 3)]).toEqual([0, 0, 0, 0]);
  }
});

test('clusters are those of the image, and padding is in none', async () => {
  const { labels, centres, inertia } = await kMeans([A, B], { k: 3 });
  const expected = await kMeans([bare(A), bare(B)], { k: 3 });
  expect([centres, inertia]).toEqual([expected.centres, expected.inertia]);
  const inside = [0, 15].flatMap((start) => INSIDE.map((patch) => labels[start + patch]));
  expect(inside).toEqual([...expected.labels]);
  expect(labels.filter((label) => label === -1)).toHaveLength(12);
  expect([...centres.labelsOf(A), ...centres.labelsOf(B)]).toEqual([...labels]);
  await expect(kMeans(A, { k: 10 })).rejects.toThrow('at most the 9 patches');
});

test('what is padding is like nothing', async () => {
  const cosines = similarityMap(A, { x: 0, y: 0 }, B);
  const inside = INSIDE.map((patch) => cosines[patch] ?? 0);
  expect([cosines[0], cosines[9]]).toEqual([Math.min(...inside), Math.min(...inside)]);
  expect(new Set(inside).size).toBe(9);
  await setDevice('cpu');
  for (const { from, to } of await matchPatches(A, A)) {
    expect(INSIDE).toContain(from);
    expect(to).toBe(from);
  }
});
