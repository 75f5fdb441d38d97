/** Matrices the other way round. */

/** Rows and columns of a square that fits into the nearest cache. */
const BLOCK = 32;

/**
 * The transposed matrix, made block by block.
 *
 * @param matrix [rows, columns]
 * @returns [columns, rows]
 */
export function transposeMatrix(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let top = 0; top < rows; top += BLOCK) {
    const bottom = Math.min(top + BLOCK, rows);
    for (let left = 0; left < columns; left += BLOCK) {
      const right = Math.min(left + BLOCK, columns);
      for (let c = left; c < right; c++) {
        for (let r = top; r < bottom; r++) result[c * rows + r] = matrix[r * columns + c] ?? 0;
      }
    }
  }
  return result;
}
