/** Transposing matrices in memory. */
import type { ConstantValues } from '../../ops/operation.ts';

/** Rows and columns of a square that fits into the nearest cache. */
const BLOCK = 32;

/**
 * The transposed matrix, made block by block.
 *
 * @param matrix [rows, columns]
 * @returns [columns, rows]
 */
export function transposeMatrix(matrix: ConstantValues, rows: number, columns: number): ConstantValues {
  // of the same type; every value is replaced
  const result = matrix.slice();
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(left + BLOCK, columns);
      for (let c = left; c < right; c++) {
        for (let r = top; r < bottom; r++) result[c * rows + r] = matrix[r * columns + c]!;
      }
    }
  }
  return result;
}
