import { readFileSync } from 'node:fs';
import { memorySource } from '../../../sources/byte-source.ts';
import { relativeDifference } from '../../../testing/close.ts';
import { noise } from '../../../testing/noise.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import type { PatchMatrix } from '../patch-matrix.ts';
import { fitPca } from './fit-pca.ts';
import { PcaBasis } from './pca-basis.ts';

/** What scikit-learn makes of features: `conformance/python/dump_pca.py` made it. */
const FIXTURE = new URL('../../../conformance/fixtures/pca.safetensors', import.meta.url);
const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(FIXTURE))), 'pca');
/** Of the largest value: what the issue asks for is 1e-5. */
const TOLERANCE = 1e-6;

async function valuesOf(name: string): Promise<Float32Array | Float64Array | Uint8Array> {
  const { buffer } = new Uint8Array(await file.read(name));
  const dtype = file.tensors.get(name)?.dtype;
  return dtype === 'U8'
    ? new Uint8Array(buffer)
    : dtype === 'F32'
      ? new Float32Array(buffer)
      : new Float64Array(buffer);
}

async function featuresOf(name: string): Promise<PatchMatrix> {
  const dim = file.tensors.get(`${name}.features`)?.shape[1] ?? 0;
  return { features: Float32Array.from(await valuesOf(`${name}.features`)), dim };
}

async function expectAsReference(basis: PcaBasis, name: string): Promise<void> {
  for (const [key, values] of [
    ['mean', basis.mean],
    ['components', basis.components],
    ['explained_variance', basis.explainedVariance],
    ['explained_variance_ratio', basis.explainedVarianceRatio],
  ] as const) {
    expect([key, relativeDifference(values, await valuesOf(`${name}.${key}`)) < TOLERANCE]).toEqual([
      key,
      true,
    ]);
  }
}

/** Goes through matrices anew each time, one after the other, as what is kept in files does. */
function oneByOne(matrices: readonly PatchMatrix[]): AsyncIterable<PatchMatrix> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* matrices;
    },
  };
}

function parted({ features, dim }: PatchMatrix, rows: number): PatchMatrix[] {
  const parts: PatchMatrix[] = [];
  for (let at = 0; at < features.length; at += rows * dim)
    parts.push({ features: features.slice(at, at + rows * dim), dim });
  return parts;
}

const grid = { rows: 7, columns: 9 };
const split = { ...(await featuresOf('split')), grid };

test.each(['steep', 'flat', 'wide', 'odd'])(
  "components, variances and scores of %s features are scikit-learn's",
  async (name) => {
    const matrix = await featuresOf(name);
    const basis = await fitPca(matrix, { foreground: 'none' });
    await expectAsReference(basis, name);
    expect(relativeDifference(basis.project(matrix), await valuesOf(`${name}.scores`))).toBeLessThan(
      TOLERANCE,
    );
  },
);

test.each(['steep', 'flat', 'wide', 'odd'])(
  '%s features in parts, in memory or one after the other, have one PCA',
  async (name) => {
    const parts = parted(await featuresOf(name), 5);
    await expectAsReference(await fitPca(parts, { foreground: 'none' }), name);
    await expectAsReference(await fitPca(oneByOne(parts), { foreground: 'none' }), name);
    await expectAsReference(
      await fitPca(oneByOne(parts)[Symbol.asyncIterator]() as AsyncGenerator<PatchMatrix>, {
        foreground: 'none',
      }),
      name,
    );
  },
);

test('the foreground is what lies inside, and colours are of its own components', async () => {
  const basis = await fitPca(split);
  expect(basis.foreground?.threshold).toBeCloseTo(Number((await valuesOf('split.threshold'))[0]), 9);
  expect([...basis.foregroundOf(split)]).toEqual([...(await valuesOf('split.mask'))]);
  await expectAsReference(basis, 'split');
  expect([...basis.colours(split)]).toEqual([...(await valuesOf('split.colours'))]);
  await expectAsReference(await fitPca(oneByOne([split])), 'split');
});

test('a threshold can be given as a part of the way between the extremes', async () => {
  const some = (await fitPca(split, { foreground: 0.02 })).foregroundOf(split);
  const others = (await fitPca(split, { foreground: 0.98 })).foregroundOf(split);
  expect(some).not.toEqual(others);
  await expect(fitPca(split, { foreground: 1.5 })).rejects.toThrow(
    "fitPca: foreground: expected 'auto', 'none', a number from 0 to 1 or { component, threshold } of finite numbers, got 1.5",
  );
});

test('where nothing tells what is inside, scores above the threshold are', async () => {
  const two = { features: Float32Array.of(1, 0, 2, 0), dim: 2 };
  expect((await fitPca(two, { components: 1 })).foreground?.isAbove).toBe(true);
});

test('what fills the image is the other side of the same split', async () => {
  const [inside, border] = await Promise.all(
    (['inside', 'border'] as const).map((foregroundSide) => fitPca(split, { foregroundSide })),
  );
  expect(inside?.toBytes()).toEqual((await fitPca(split)).toBytes());
  expect(border?.foreground).toEqual({ ...inside?.foreground, isAbove: !inside?.foreground?.isAbove });
  expect(border?.foregroundOf(split)).toEqual(inside?.foregroundOf(split).map((each) => 1 - each));
  const kept = await PcaBasis.fromBytes(border?.toBytes() ?? new Uint8Array());
  expect(kept.foregroundOf(split)).toEqual(border?.foregroundOf(split));
  const atThreshold = await fitPca(split, { foreground: 0.98, foregroundSide: 'border' });
  const others = (await fitPca(split, { foreground: 0.98 })).foregroundOf(split);
  expect(atThreshold.foregroundOf(split)).toEqual(others.map((each) => 1 - each));
});

test('a split that is known is taken as it is: that of another basis, or a direction and a threshold', async () => {
  const first = await fitPca(split);
  const again = await fitPca(split, { foreground: first.foreground ?? 'none' });
  expect(again.toBytes()).toEqual(first.toBytes());

  const component = Float32Array.from({ length: split.dim }, (_, i) => Math.cos(i));
  const projected = Array.from({ length: 63 }, (_, i) =>
    component.reduce((sum, each, j) => sum + each * (split.features[i * split.dim + j] ?? 0), 0),
  );
  const foreground = { component, threshold: 0.5 };
  const basis = await fitPca(oneByOne([split]), { foreground });
  expect([...basis.foregroundOf(split)]).toEqual(projected.map((each) => (each > 0.5 ? 1 : 0)));
  const below = await fitPca(split, { foreground: { ...foreground, isAbove: false } });
  expect([...below.foregroundOf(split)]).toEqual(projected.map((each) => (each > 0.5 ? 0 : 1)));
});

test('a split that does not fit is refused by name', async () => {
  const component = [1, 2, 3];
  await expect(fitPca(split, { foreground: { component, threshold: 0 } })).rejects.toThrow(
    'fitPca: foreground: expected 16 values as patches have, got 3; give that of the same model, layer and facet',
  );
  for (const given of [
    { component },
    { component: [1, Number.NaN], threshold: 0 },
    { component: [], threshold: 0 },
    { component, threshold: 0, mean: 0 },
    { component, threshold: 0, isAbove: 1 },
  ]) {
    const options: object = { foreground: given };
    await expect(fitPca(split, options)).rejects.toThrow(
      "fitPca: foreground: expected 'auto', 'none', a number from 0 to 1 or { component, threshold } of finite numbers, got {",
    );
  }
  for (const foreground of ['none', { component, threshold: 0 }] as const) {
    await expect(fitPca(split, { foreground, foregroundSide: 'border' })).rejects.toThrow(
      'fitPca: foregroundSide: expected none without a threshold that is found, got border; leave it out',
    );
  }
});

test('a threshold that leaves nothing says so', async () => {
  await expect(fitPca(split, { foreground: 1 })).rejects.toThrow(
    "fitPca: foreground: expected patches that are, got none; give another threshold, the other side, or 'none'",
  );
  await expect(fitPca(oneByOne([split]), { foreground: 1 })).rejects.toThrow(
    'expected patches that are, got none',
  );
});

test('fewer patches than three have as many components, and colours of those', async () => {
  const { features, dim } = split;
  const two = { features: features.slice(0, 2 * dim), dim };
  const basis = await fitPca(two, { foreground: 'none' });
  expect(basis.count).toBe(2);
  // the second component of two patches has no variance
  expect([...basis.colours(two)].toSorted()).toEqual([0, 128, 128, 255, 128, 128].toSorted());
  const one = { features: features.slice(0, dim), dim };
  expect([...(await fitPca(one)).colours(one)]).toEqual([128, 128, 128]);
});

test('what float32 rounds off is not stretched into colours', async () => {
  // all patches on one line through a space of eight dimensions, as near as float32 is to it
  const dim = 8;
  const features = Float32Array.from({ length: 40 * dim }, (_, i) => {
    const [patch, j] = [Math.floor(i / dim), i % dim];
    return 0.1 * j + 0.37 * Math.sin(patch) * (j + 1);
  });
  const basis = await fitPca({ features, dim }, { foreground: 'none' });
  const colours = basis.colours({ features, dim });
  expect(new Set(colours.filter((_, i) => i % 3 === 0)).size).toBeGreaterThan(20);
  expect([...new Set(colours.filter((_, i) => i % 3 !== 0))]).toEqual([128]);
});

test('without a grid the smaller part is the foreground', async () => {
  const { features, dim } = split;
  const mask = (await fitPca({ features, dim })).foregroundOf(split);
  expect(mask.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(mask.length / 2);
});

test('what becomes of an image is a matter of the image and the basis, which files keep to the bit', async () => {
  const other: PatchMatrix = { features: noise(20 * split.dim, 3), dim: split.dim };
  const basis = await fitPca([split, other]);
  const read = await PcaBasis.fromBytes(basis.toBytes({ model: 'digits' }));
  expect(read.metadata).toEqual({ model: 'digits' });
  expect({ ...read, metadata: {} }).toEqual({ ...basis });
  expect(read.colours(other)).toEqual(basis.colours(other));
  expect(read.toBytes()).toEqual(basis.toBytes({ model: 'digits' }));
});

test('equal eigenvalues give as many components as there are', async () => {
  // the corners of a cross in 64 directions: all variances are the same
  const dim = 64;
  const features = new Float32Array(2 * dim * dim);
  for (let i = 0; i < dim; i++) {
    features[2 * i * dim + i] = 3;
    features[(2 * i + 1) * dim + i] = -3;
  }
  const basis = await fitPca({ features, dim }, { foreground: 'none', components: 5 });
  for (const ratio of basis.explainedVarianceRatio) expect(ratio).toBeCloseTo(1 / dim, 12);
  for (let a = 0; a < 5; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let i = 0; i < dim; i++)
        product += (basis.components[a * dim + i] ?? 0) * (basis.components[b * dim + i] ?? 0);
      expect(product).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  }
});

test('a mean that is large beside what varies does no harm', async () => {
  const { features, dim } = await featuresOf('steep');
  const moved = { features: features.map((value) => value + 4096), dim };
  // what is left of the features beside so large a mean
  const rounded = { features: moved.features.map((value) => value - 4096), dim };
  const expected = await fitPca(rounded, { foreground: 'none' });
  for (const given of [moved, oneByOne(parted(moved, 7))]) {
    const basis = await fitPca(given, { foreground: 'none' });
    expect(relativeDifference(basis.components, expected.components)).toBeLessThan(TOLERANCE);
    expect(relativeDifference(basis.explainedVariance, expected.explainedVariance)).toBeLessThan(TOLERANCE);
  }
});

test.each([2 ** -60, 2 ** -40, 2 ** 30, 2 ** 50])(
  'features %p times as large have the same PCA',
  async (scale) => {
    const { features, dim } = await featuresOf('flat');
    const expected = await fitPca({ features, dim }, { foreground: 'none' });
    const basis = await fitPca(
      { features: features.map((value) => scale * value), dim },
      { foreground: 'none' },
    );
    expect(relativeDifference(basis.components, expected.components)).toBeLessThan(TOLERANCE);
  },
);

test('features that do not vary have no foreground and no colours', async () => {
  const matrix = { features: new Float32Array(40).fill(0.3), dim: 4 };
  const basis = await fitPca(matrix);
  expect(basis.foreground).toBeUndefined();
  expect([...basis.explainedVarianceRatio]).toEqual([0, 0, 0]);
  expect([...basis.colours(matrix)]).toEqual(Array(30).fill(128));
});

test('what no PCA can be made of is refused by name', async () => {
  const one = { features: Float32Array.of(1, 2, 3, 4), dim: 4 };
  await expect(fitPca(one, { components: 3 })).rejects.toThrow(
    'fitPca: expected at most 1 components of 1 patches of 4 values, got 3; ask for fewer components or give more patches',
  );
  await expect(fitPca([])).rejects.toThrow('fitPca: expected features of at least one image, got none');
  await expect(fitPca({ features: one.features, dim: 3 })).rejects.toThrow(
    'fitPca: expected at least one patch of dim values each, got 4 values and dim 3',
  );
  await expect(fitPca([one, { features: one.features, dim: 2 }])).rejects.toThrow(
    'fitPca: expected patches of 4 values, got 2; take features of one model, layer and facet',
  );
  await expect(fitPca({ ...one, grid })).rejects.toThrow(
    'fitPca: expected 7 × 9 patches as the grid has, got 1',
  );
  const odd = { features: Float32Array.of(1, 2, 3, 4, Number.NaN, 6, 7, 8, 9, 8, 7, 6), dim: 3 };
  const refusal = 'fitPca: expected features that are finite, got NaN in patch 1; leave that image out';
  await expect(fitPca(odd)).rejects.toThrow(refusal);
  await expect(fitPca(oneByOne([odd]))).rejects.toThrow(refusal);
  const basis = await fitPca(split);
  expect(() => basis.colours(one)).toThrow('PcaBasis.colours: expected patches of 16 values, got 4');
  const notFinite = { features: new Float32Array(16).fill(Number.NaN), dim: 16 };
  expect(() => basis.project(notFinite)).toThrow(
    'PcaBasis.project: expected features that are finite, got NaN in patch 0',
  );
  await expect(PcaBasis.fromBytes(new Uint8Array(readFileSync(FIXTURE)), 'pca.safetensors')).rejects.toThrow(
    'pca.safetensors: expected a PCA basis, got a safetensors file of something else',
  );
});
