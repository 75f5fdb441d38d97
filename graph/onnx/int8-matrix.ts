/** Matrices in 8 bits, made when they are asked for. */
import { quantiseRows } from '../../bytes/int8-rows.ts';
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
}

/**
 * Rounds the rows of a matrix to 8 bits.
 *
 * What was in 8 bits before keeps its integers, even if rows have been scaled since: the largest of a row is 127 in any case.
 *
 * @param matrix [N, K] float32
 */
export function int8Matrix(matrix: Constant): Int8Matrix {
  const [N, K] = dimensions(matrix.shape, 2, 'matrix');
  const rounded = async () => quantiseRows((await matrix.read()) as Float32Array, K);
  // asked for after the bytes, as a file has them
  let kept: Float32Array | undefined;
  return {
    async bytes() {
      const { values, scales } = await rounded();
      kept = scales;
      // two's complement and an offset of 128 differ in the upper bit
      const bytes = Uint8Array.from(new Uint8Array(values.buffer), (byte) => byte ^ 0x80);
      return transposeMatrix(bytes, N, K) as Uint8Array;
    },
    scales: async () => kept ?? (await rounded()).scales,
  };
}
