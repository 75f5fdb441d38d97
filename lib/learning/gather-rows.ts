/** Rows of a matrix, put together anew. */

/**
 * Copies rows in the order in which they are named.
 *
 * @param values [n, width]
 * @param rows places from 0 to n − 1; one may be named several times
 * @returns [rows, width]
 */
export function gatherRows(values: Float32Array, width: number, rows: ArrayLike<number>): Float32Array {
  const gathered = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    gathered.set(values.subarray(row * width, (row + 1) * width), i * width);
  }
  return gathered;
}
