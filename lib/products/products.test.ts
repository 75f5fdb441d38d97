import { noise } from '../../testing/noise.ts';
import { weightedGram } from './gram.ts';
import { OrthonormalRows } from './orthonormal-rows.ts';
import { RowMatrix } from './row-matrix.ts';
import { dot, normalise } from './vectors.ts';

const sizes = [
  [1, 1],
  [5, 3],
  [70, 18],
  [33, 132],
  [141, 20],
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
      const matrix = new RowMatrix(dim, parts, isPlain, 3);
      const scores: number[] = [];
      const several = Float64Array.from(noise(3 * dim, 8));
      return [
        matrix.throughScores(several, (each) => scores.push(...each)),
        scores,
        weightedGram(values, dim, weights.map(Math.abs), isPlain).map((value, i) =>
          i % dim > i / dim ? 0 : value,
        ),
        matrix.project(vector),
        matrix.distances(vector),
        matrix.accumulate(weights),
        matrix.normal(vector, 0.25),
        matrix.about(vector)?.roughNormal(vector),
      ];
    });
    expect(ours).toEqual(plain);
  },
);

test('products are those of matrices', () => {
  const [rows, dim] = [6, 5];
  const values = noise(rows * dim, 5);
  const vector = Float64Array.from(noise(dim, 6));
  const matrix = new RowMatrix(dim, [values]);
  const row = (i: number) => [...values.subarray(i * dim, (i + 1) * dim)];
  const projected = Array.from({ length: rows }, (_, i) =>
    row(i).reduce((sum, x, j) => sum + x * vector[j]!, 0),
  );
  for (const [i, value] of matrix.project(vector).entries()) expect(value).toBeCloseTo(projected[i]!, 14);
  const several = new RowMatrix(dim, [values.subarray(0, 2 * dim), values.subarray(2 * dim)], false, 2);
  const back = several.throughScores(Float64Array.of(...vector, ...vector.map((v) => -v)), (scores, row) => {
    expect(scores[0]).toBeCloseTo(projected[row]!, 14);
    scores[0] = row;
  });
  for (const [j, value] of back.entries()) {
    const column = Array.from({ length: rows }, (_, i) => row(i)[j % dim]!);
    expect(value).toBeCloseTo(
      column.reduce((sum, x, i) => sum + x * (j < dim ? i : -projected[i]!), 0),
      12,
    );
  }
  const weights = Float64Array.from({ length: rows }, (_, i) => i);
  const gram = weightedGram(values, dim, weights);
  for (let i = 0; i < dim; i++) {
    for (let j = 0; j <= i; j++) {
      expect(gram[i * dim + j]).toBeCloseTo(
        weights.reduce((sum, weight, k) => sum + weight * row(k)[i]! * row(k)[j]!, 0),
        12,
      );
    }
  }
  for (const [i, value] of matrix.distances(vector).entries()) {
    expect(value).toBeCloseTo(
      row(i).reduce((sum, x, j) => sum + (x - vector[j]!) ** 2, 0),
      14,
    );
  }
  for (const [j, value] of matrix.normal(vector, 0.25).entries()) {
    expect(value).toBeCloseTo(
      projected.reduce((sum, y, i) => sum + (y - 0.25) * row(i)[j]!, 0),
      14,
    );
    const apart = (i: number) => row(i).map((x, j) => x - vector[j]!);
    expect(matrix.about(vector)?.roughNormal(vector)[j]).toBeCloseTo(
      projected.reduce(
        (sum, _, i) => sum + apart(i)[j]! * apart(i).reduce((s, x, k) => s + x * vector[k]!, 0),
        0,
      ),
      5,
    );
  }
});

test.each(sizes)('of %i rows of %i values, those of a mask are a matrix of their own', (rows, dim) => {
  const values = noise(rows * dim, 5);
  const mask = Uint8Array.from(noise(rows, 9), (value) => (value > 0 ? 1 : 0));
  const half = dim * Math.ceil(rows / 2);
  const all = new RowMatrix(dim, [values.subarray(0, half), values.subarray(half)]);
  const apart = new RowMatrix(
    dim,
    [values, values].map((_, part) =>
      values.filter((_, i) => mask[Math.floor(i / dim)] === 1 && i < half === (part === 0)),
    ),
  );
  const taken = all.only(mask);
  const vector = Float64Array.from(noise(dim, 6));
  expect(taken.count).toBe(apart.count);
  expect(taken.normal(vector, 0.25)).toEqual(apart.normal(vector, 0.25));
  const labels = new Int32Array(taken.count);
  const [sums, expected] = [new Float64Array(dim), new Float64Array(dim)];
  taken.addByLabel(labels, [sums]);
  apart.addByLabel(labels, [expected]);
  expect(sums).toEqual(expected);
  // once more, of fewer: every other one of those
  const fewer = taken.only(Uint8Array.from(labels, (_, i) => i % 2));
  for (let i = 0; i < fewer.count; i++) expect(fewer.row(i)).toEqual(taken.row(2 * i + 1));
  expect(fewer.project(vector)).toEqual(taken.project(vector).filter((_, i) => i % 2 === 1));
});

test('several that compute in turns do not disturb one another', () => {
  const vector = Float64Array.of(1, 0);
  const one = new RowMatrix(2, [Float32Array.of(1, 2, 3, 4)]);
  const other = new RowMatrix(2, [Float32Array.of(5, 6)]);
  expect([...one.project(vector)]).toEqual([1, 3]);
  expect([...other.project(vector)]).toEqual([5]);
  expect([...one.project(vector)]).toEqual([1, 3]);

  const rows = [Float64Array.of(1, 0), Float64Array.of(0, 1)].map((row) => {
    const each = new OrthonormalRows(2);
    each.push(row);
    return each;
  });
  for (const expected of [
    [0, 4, 3, 0],
    [0, 4, 3, 0],
  ]) {
    const left = rows.flatMap((each) => {
      const vector = Float64Array.of(3, 4);
      each.orthogonalise(vector);
      return [...vector];
    });
    expect(left).toEqual(expected);
  }
});

test('a part may be larger than the one after it', () => {
  const products = new RowMatrix(1, [Float32Array.of(1, 2, 3, 4, 5), Float32Array.of(6)]);
  expect([...products.project(Float64Array.of(2))]).toEqual([2, 4, 6, 8, 10, 12]);
});

test('what another has left behind the last row has no part in sums', () => {
  new RowMatrix(4, [new Float32Array(32).fill(Infinity)]).project(new Float64Array(4).fill(1));
  const products = new RowMatrix(4, [new Float32Array(20).fill(1)]);
  expect([...products.accumulate(new Float64Array(5).fill(1))]).toEqual([5, 5, 5, 5]);
});

test('what is left beside orthonormal rows is orthogonal to them, with the same bits in WebAssembly and without', () => {
  const dim = 70;
  const [ours, plain] = [false, true].map((isPlain) => {
    const rows = new OrthonormalRows(dim, isPlain);
    const all: Float64Array[] = [];
    // more than there is room for at first, and as many as there can be
    for (let i = 0; i < dim; i++) {
      const vector = Float64Array.from(noise(dim, i + 1));
      rows.orthogonalise(vector);
      normalise(vector);
      rows.push(vector);
      all.push(vector);
    }
    return all;
  });
  expect(ours).toEqual(plain);
  for (const [i, row] of ours!.entries()) {
    for (let j = 0; j < i; j++) expect(Math.abs(dot(row, ours![j]!))).toBeLessThan(1e-14);
  }
});
