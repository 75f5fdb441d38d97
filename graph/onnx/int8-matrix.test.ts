/** Matrices in 8 bits: what becomes of values, and of integers that were there before. */
import { quantiseRows, widenInt8Rows } from '../../bytes/int8-rows.ts';
import { constantOf } from '../../ops/operation.ts';
import { scaleRows } from '../passes/scale-rows.ts';
import { int8Matrix } from './int8-matrix.ts';

const [N, K] = [5, 70];
const VALUES = Float32Array.from({ length: N * K }, (_, i) => Math.sin(i * i) * (1 + (i % 7)));

test('bytes are integers of rows, transposed, with 128 for zero', async () => {
  const matrix = int8Matrix(constantOf(Float32Array.of(1, -127, 0, 6, 3, 0.1), [2, 3]));
  expect([...(await matrix.bytes())]).toEqual([129, 255, 1, 192, 128, 130]);
  expect([...(await matrix.scales())]).toEqual([1, Math.fround(6 / 127)]);
});

test('scales are the same before the bytes', async () => {
  const matrix = int8Matrix(constantOf(VALUES, [N, K]));
  const before = await matrix.scales();
  await matrix.bytes();
  expect(await matrix.scales()).toEqual(before);
});

test('values are read once for bytes, scales and products, in the order of a file', async () => {
  let reads = 0;
  const constant = constantOf(VALUES, [N, K]);
  const read = async () => {
    reads++;
    return constant.read();
  };
  const matrix = int8Matrix({ ...constant, read });
  await matrix.bytes();
  const [scales, products] = [await matrix.scales(), await matrix.products(-0.5)];
  expect(reads).toBe(1);
  const { values } = quantiseRows(VALUES, K);
  for (const [n, scale] of scales.entries()) {
    const sum = values.subarray(n * K, (n + 1) * K).reduce((all, value) => all + value, 0);
    expect(products[n]).toBeCloseTo(-0.5 * sum * scale, 4);
  }
});

test('what was in 8 bits keeps its integers, though rows are scaled', async () => {
  const rows = quantiseRows(VALUES, K);
  const factors = Float32Array.of(0.3, 1e-5, -7, 1 / 8, 1);
  const scaled = scaleRows(constantOf(widenInt8Rows(rows), [N, K]), constantOf(factors, [N]));
  const matrix = int8Matrix(scaled);
  const bytes = await matrix.bytes();
  const integers = Array.from(rows.values, (_, i) => bytes[(i % K) * N + Math.floor(i / K)]! - 128);
  const expected = Array.from(rows.values, (value, i) => value * Math.sign(factors[Math.floor(i / K)]!));
  expect(integers).toEqual(expected.map((value) => value + 0));
  const scales = await matrix.scales();
  for (const [n, factor] of factors.entries()) {
    expect(scales[n]! / (rows.scales[n]! * Math.abs(factor))).toBeCloseTo(1, 6);
  }
});
