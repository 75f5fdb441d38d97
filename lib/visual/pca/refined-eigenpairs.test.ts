import { noise } from '../../../testing/noise.ts';
import { RowMatrix } from '../../products/row-matrix.ts';
import { dot } from '../../products/vectors.ts';
import type { SymmetricProduct } from './krylov-chain.ts';
import { largestEigenpairs } from './largest-eigenpairs.ts';
import { refinedEigenpairs } from './refined-eigenpairs.ts';
import { spreadOfRows } from './spread.ts';

/** Noise in directions whose deviations fall as powers, about a mean. */
function spreadOf(rows: number, dim: number, decay: number, mean: number) {
  const features = noise(rows * dim, 3).map((value, i) => mean + value * ((i % dim) + 1) ** -decay);
  return spreadOfRows(new RowMatrix(dim, [features]));
}

function counted(product: SymmetricProduct): { product: SymmetricProduct; calls: () => number } {
  let calls = 0;
  return {
    product: (vector) => {
      calls++;
      return product(vector);
    },
    calls: () => calls,
  };
}

test.each([
  [200, 96, 0.6, 0],
  [200, 96, 0, 0],
  [60, 97, 0.3, 0],
  [200, 96, 0.6, 1000],
])(
  'by rough products and a few exact ones, eigenpairs of %i × %i features are those by exact ones alone',
  (rows, dim, decay, mean) => {
    const spread = spreadOf(rows, dim, decay, mean);
    const exact = counted(spread.product);
    const pairs = refinedEigenpairs(exact.product, spread.roughProduct ?? spread.product, dim, 3) ?? [];
    expect(exact.calls()).toBeLessThanOrEqual(9);
    const expected = largestEigenpairs(spread.product, dim, 3);
    expect(pairs).toHaveLength(3);
    for (const [i, { value, vector }] of pairs.entries()) {
      expect(value / expected[i]!.value).toBeCloseTo(1, 7);
      expect(dot(vector, vector)).toBeCloseTo(1, 13);
      const other = expected[i]!.vector;
      const sign = Math.sign(dot(vector, other));
      const apart = vector.map((each, j) => each - sign * other[j]!);
      expect(Math.sqrt(dot(apart, apart))).toBeLessThan(1e-6);
    }
  },
);

test.each([
  ['equal', [1, 1, 0.9, 0.8]],
  ['nearly equal', [1, 1 - 1e-7, 0.9, 0.8]],
])('where eigenvalues are %s nothing is said', (_, first) => {
  const dim = 90;
  const diagonal = Float64Array.from({ length: dim }, (_, i) => first[i] ?? 0.01 * (1 - i / dim));
  const product: SymmetricProduct = (vector) => vector.map((value, i) => value * diagonal[i]!);
  const rough: SymmetricProduct = (vector) => Float64Array.from(Float32Array.from(product(vector)));
  expect(refinedEigenpairs(product, rough, dim, 3)).toBeUndefined();
  // and where it is said of fewer, it holds
  expect(refinedEigenpairs(product, rough, dim, 1)?.[0]?.value ?? 1).toBeCloseTo(1, 12);
});

test.each([
  ['exact ones are of another matrix', 1.1],
  ['exact ones are not finite', Number.NaN],
])('where %s nothing is said', (_, factor) => {
  const dim = 40;
  const rough: SymmetricProduct = (vector) => vector.map((value, i) => value / (i + 1));
  const product: SymmetricProduct = (vector) =>
    vector.map((value, i) => (value * (i < 2 ? factor * (i + 1) : 1)) / (i + 1) + 0.1 * vector[dim - 1 - i]!);
  expect(refinedEigenpairs(product, rough, dim, 3)).toBeUndefined();
});

test('where the chain of rough products ends before it has so many values, nothing is said', () => {
  const same: SymmetricProduct = (vector) => vector.slice();
  expect(refinedEigenpairs(same, same, 40, 1)).toHaveLength(1);
  expect(refinedEigenpairs(same, same, 40, 2)).toBeUndefined();
});

test('the largest comes first, where rough products have two of them the other way round', () => {
  const dim = 40;
  const of = (first: readonly number[]): SymmetricProduct => {
    return (vector) => vector.map((value, i) => value * (first[i] ?? 0.5 / (i + 1)));
  };
  const pairs = refinedEigenpairs(of([1, 1 - 1e-3]), of([0.9985, 1.0007]), dim, 2);
  expect(pairs?.map(({ value }) => value)).toEqual([expect.closeTo(1, 12), expect.closeTo(1 - 1e-3, 12)]);
});
