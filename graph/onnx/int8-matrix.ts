/** Matrices in 8 bits, made when they are asked for. */
import { type Int8Rows, quantiseRows } from '../../bytes/int8-rows.ts';
import type { Constant } from '../../ops/operation.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import { transposeMatrix } from './transpose-matrix.ts';

/** The byte that stands for zero. */
export const ZERO_POINT = 128;

/** The parts of a matrix in 8 bits: an element is (byte − 128) · scale. */
export interface Int8Matrix {
  /** [K, N], transposed */
  bytes(): Promise<Uint8Array>;
  /** [N], one for each row of the matrix as it was */
  scales(): Promise<Float32Array>;
  /** [N]: the products of its rows with one in which a number stands everywhere */
  products(of: number): Promise<Float32Array>;
}

/**
 * Rounds the rows of a matrix to 8 bits.
 *
 * What `quantiseRows` made keeps its integers, even if rows have been scaled since, as the largest of a row is 127. Rows that another
 * program rounded so that it is not, are rounded once more.
 *
 * @param matrix [N, K] float32
 */
export function int8Matrix(matrix: Constant): Int8Matrix {
  const [N, K] = dimensions(matrix.shape, 2, 'matrix');
  const rounded = async () => quantiseRows((await matrix.read()) as Float32Array, K);
  // asked for after the bytes, as a file has them
  let kept: { scales: Float32Array; sums: Float32Array } | undefined;
  const vectors = async () => kept ?? vectorsOf(await rounded());
  return {
    async bytes() {
      const rows = await rounded();
      kept = vectorsOf(rows);
      // two's complement and an offset of 128 differ in the upper bit
      const bytes = new Uint8Array(rows.values.buffer).map((byte) => byte ^ 0x80);
      return transposeMatrix(bytes, N, K) as Uint8Array;
    },
    scales: async () => (await vectors()).scales,
    products: async (of) => (await vectors()).sums.map((sum) => sum * of),
  };
}

function vectorsOf({ values, scales }: Int8Rows): { scales: Float32Array; sums: Float32Array } {
  const K = values.length / scales.length;
  const sums = scales.map((scale, n) => {
    let sum = 0;
    for (let i = n * K; i < (n + 1) * K; i++) sum += values[i]!;
    return sum * scale;
  });
  return { scales, sums };
}
