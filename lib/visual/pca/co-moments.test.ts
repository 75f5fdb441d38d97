import { noise } from '../../../testing/noise.ts';
import { CoMoments } from './co-moments.ts';

test('co-moments have the same bits in WebAssembly and without, and are those of all rows', () => {
  const [rows, dim] = [70, 18];
  const values = noise(rows * dim, 5);
  const vector = Float64Array.from(noise(dim, 6));
  const [ours, plain] = [false, true].map((isPlain) => {
    const moments = new CoMoments(vector, isPlain);
    // parts that are no whole blocks
    moments.add(values.subarray(0, dim * 33));
    moments.add(values.subarray(dim * 33));
    const { count, mean, total, product } = moments.toSpread();
    return { count, mean, total, product: product(vector) };
  });
  expect(ours).toEqual(plain);
  const row = (i: number): number[] => [...values.subarray(i * dim, (i + 1) * dim)];
  const mean = Float64Array.from({ length: dim }, (_, j) => {
    return Array.from({ length: rows }, (__, i) => row(i)[j]!).reduce((sum, x) => sum + x, 0) / rows;
  });
  const product = new Float64Array(dim);
  for (let i = 0; i < rows; i++) {
    const along = row(i).reduce((sum, x, j) => sum + (x - mean[j]!) * vector[j]!, 0);
    for (let j = 0; j < dim; j++) product[j] = product[j]! + along * (row(i)[j]! - mean[j]!);
  }
  for (let j = 0; j < dim; j++) {
    expect(ours!.mean[j]).toBeCloseTo(mean[j]!, 14);
    expect(ours!.product[j]).toBeCloseTo(product[j]!, 12);
  }
});
