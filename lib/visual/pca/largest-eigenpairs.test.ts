import { largestEigenpairs } from './largest-eigenpairs.ts';

/** The values of eigenpairs of a diagonal matrix: some, and behind them many that fall from 0.01. */
function valuesOf(dim: number, first: readonly number[], count: number): number[] {
  const diagonal = Float64Array.from({ length: dim }, (_, i) => first[i] ?? 0.01 * (1 - i / dim));
  return largestEigenpairs((vector) => vector.map((value, i) => value * diagonal[i]!), dim, count).map(
    ({ value }) => value,
  );
}

test.each([
  [[1, 1, 0.9, 0.8], 3],
  [[1, 1, 1, 0.8], 3],
  [[1, 0.9, 0.9, 0.8], 3],
  [[1, 0.9, 0.9, 0.9, 0.8], 4],
  [[1, 0.9, 0.8], 3],
])('each of equal eigenvalues %p counts, among those that are not', (first, count) => {
  for (const dim of [40, 400]) {
    const values = valuesOf(dim, first, count);
    expect(values).toHaveLength(count);
    for (const [i, value] of values.entries()) expect(value).toBeCloseTo(first[i] ?? 0, 12);
  }
});

test.each([1e-2, 1e-3, 1e-4])('vectors are exact where eigenvalues lie %d apart', (apart) => {
  const dim = 200;
  const diagonal = Float64Array.from({ length: dim }, (_, i) => (i < 2 ? 1 - i * apart : 0.9 - i / dim));
  const pairs = largestEigenpairs((vector) => vector.map((value, i) => value * diagonal[i]!), dim, 2);
  for (const [i, { vector }] of pairs.entries()) {
    const beside = vector.map((value, j) => (j === i ? 0 : value));
    expect(Math.hypot(...beside)).toBeLessThan(2e-7);
  }
});
