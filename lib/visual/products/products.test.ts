import { noise } from '../../../testing/noise.ts';
import { CoMoments } from '../pca/co-moments.ts';
import { RowProducts } from './row-products.ts';

const sizes = [
  [1, 1],
  [5, 3],
  [70, 18],
  [33, 132],
] as const;

test.each(sizes)(
  'products of %i rows of %i values have the same bits in WebAssembly and without',
  (rows, dim) => {
    const values = noise(rows * dim, 5);
    const vector = Float64Array.from(noise(dim, 6));
    const weights = Float64Array.from(noise(rows, 7));
    // parts of unequal sizes, as images of unequal sizes are
    const parts = [values.subarray(0, dim * Math.ceil(rows / 3)), values.subarray(dim * Math.ceil(rows / 3))];
    const [ours, plain] = [false, true].map((isPlain) => {
      const products = new RowProducts(dim, parts, isPlain);
      const moments = new CoMoments(vector, isPlain);
      for (const part of parts) moments.add(part);
      return [
        products.project(vector),
        products.distances(vector),
        products.accumulate(weights),
        products.normal(vector, 0.25),
        moments.toSpread().product(vector),
        moments.toSpread().mean,
      ];
    });
    expect(ours).toEqual(plain);
  },
);

test('products are those of matrices', () => {
  const [rows, dim] = [6, 5];
  const values = noise(rows * dim, 5);
  const vector = Float64Array.from(noise(dim, 6));
  const products = new RowProducts(dim, [values]);
  const row = (i: number) => [...values.subarray(i * dim, (i + 1) * dim)];
  const projected = Array.from({ length: rows }, (_, i) =>
    row(i).reduce((sum, x, j) => sum + x * vector[j]!, 0),
  );
  for (const [i, value] of products.project(vector).entries()) expect(value).toBeCloseTo(projected[i]!, 14);
  for (const [i, value] of products.distances(vector).entries()) {
    expect(value).toBeCloseTo(
      row(i).reduce((sum, x, j) => sum + (x - vector[j]!) ** 2, 0),
      14,
    );
  }
  for (const [j, value] of products.normal(vector, 0.25).entries()) {
    expect(value).toBeCloseTo(
      projected.reduce((sum, y, i) => sum + (y - 0.25) * row(i)[j]!, 0),
      14,
    );
  }
});

test('several that compute in turns do not disturb one another', () => {
  const vector = Float64Array.of(1, 0);
  const one = new RowProducts(2, [Float32Array.of(1, 2, 3, 4)]);
  const other = new RowProducts(2, [Float32Array.of(5, 6)]);
  expect([...one.project(vector)]).toEqual([1, 3]);
  expect([...other.project(vector)]).toEqual([5]);
  expect([...one.project(vector)]).toEqual([1, 3]);
});
