import { noise } from '../../../testing/noise.ts';
import type { PatchMatrix } from '../patch-matrix.ts';
import { kMeans } from './k-means.ts';

const dim = 3;
/** Patches about each of four points, 10, 8, 6 and 4 of them, mixed. */
const belongs = Array.from({ length: 28 }, (_, i) => [10, 18, 24, 28].findIndex((end) => (i * 5) % 28 < end));
const spread = noise(28 * dim, 2);
const features = Float32Array.from(
  spread,
  (value, i) => value / 4 + [0, 5, -6, 12][belongs[Math.floor(i / dim)]!]!,
);
const matrix: PatchMatrix = { features, dim };

function oneByOne(parts: readonly PatchMatrix[]) {
  return {
    async *[Symbol.asyncIterator]() {
      yield* parts;
    },
  };
}

test('patches that lie together are a cluster, the largest first', async () => {
  const { labels, centres, inertia } = await kMeans(matrix, { k: 4 });
  expect([...labels]).toEqual(belongs);
  let sum = 0;
  for (let c = 0; c < 4; c++) {
    const members = belongs.flatMap((label, i) => (label === c ? [i] : []));
    for (let j = 0; j < dim; j++) {
      const mean = members.reduce((total, i) => total + features[i * dim + j]!, 0) / members.length;
      expect(centres.values[c * dim + j]).toBeCloseTo(mean, 6);
      for (const i of members) sum += (features[i * dim + j]! - mean) ** 2;
    }
  }
  expect(inertia).toBeCloseTo(sum, 9);
});

test('the same seed gives the same clusters, of images in memory or one after the other', async () => {
  const patches = { features: noise(90 * dim, 4), dim };
  const parts = [
    { features: patches.features.slice(0, 40 * dim), dim },
    { features: patches.features.slice(40 * dim), dim },
  ];
  const found = await kMeans(patches, { k: 7, seed: 3 });
  expect(await kMeans(patches, { k: 7, seed: 3 })).toEqual(found);
  expect(await kMeans(parts, { k: 7, seed: 3 })).toEqual(found);
  expect((await kMeans(oneByOne(parts), { k: 7, seed: 3 })).labels).toEqual(found.labels);
  expect((await kMeans(patches, { k: 7, seed: 4, starts: 1 })).labels).not.toEqual(found.labels);
  // what can be gone through only once is kept
  expect(await kMeans(oneByOne(parts)[Symbol.asyncIterator](), { k: 7, seed: 3 })).toEqual(found);
  expect(found.inertia).toBeLessThan((await kMeans(patches, { k: 7, seed: 3, starts: 1 })).inertia);
});

test('no patch comes nearer to another centre than its own', async () => {
  const { labels, centres } = await kMeans(matrix, { k: 5 });
  for (const [i, label] of labels.entries()) {
    const distances = [0, 1, 2, 3, 4].map((c) =>
      [0, 1, 2].reduce((sum, j) => sum + (features[i * dim + j]! - centres.values[c * dim + j]!) ** 2, 0),
    );
    expect(distances[label]).toBeLessThanOrEqual(Math.min(...distances) + 1e-6);
  }
});

test('of fewer different patches than clusters some clusters are empty', async () => {
  const two = { features: Float32Array.of(1, 1, 1, 1, 2, 1, 1, 1), dim: 1 };
  const { labels, inertia } = await kMeans(two, { k: 3 });
  expect([...labels]).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
  expect(inertia).toBe(0);
});

test('a cluster that has lost all its patches begins anew at the one that is farthest from its centre', async () => {
  const points = Float32Array.of(22, 24, 20, 22, 24, 24, 27, 27, 23, 28, 20, 27, 21, 26, 21, 27, 22, 22);
  const after = (maxIterations: number) =>
    kMeans({ features: points, dim: 2 }, { k: 4, starts: 1, maxIterations });
  const { labels, centres } = await after(1);
  expect([...labels]).not.toContain(3);
  const distances = Array.from(labels, (label, i) =>
    Math.hypot(
      points[2 * i]! - centres.values[2 * label]!,
      points[2 * i + 1]! - centres.values[2 * label + 1]!,
    ),
  );
  const farthest = distances.indexOf(Math.max(...distances));
  const { values } = (await after(2)).centres;
  const rows = [0, 1, 2, 3].map((c) => [...values.subarray(2 * c, 2 * c + 2)]);
  expect(rows).toContainEqual([...points.subarray(2 * farthest, 2 * farthest + 2)]);
});

test('what can not be parted is refused by name', async () => {
  await expect(kMeans(matrix, { k: 29 })).rejects.toThrow(
    'kMeans: expected k of at most the 28 patches, got 29',
  );
  await expect(kMeans(matrix, { k: 0 })).rejects.toThrow('kMeans: k must be a positive integer, got 0');
  await expect(kMeans([])).rejects.toThrow('kMeans: expected features of at least one image, got none');
  await expect(kMeans({ features: Float32Array.of(1, Number.NaN), dim: 1 }, { k: 1 })).rejects.toThrow(
    'kMeans: expected features that are finite, got NaN in patch 1',
  );
});
