/** Features by their directions alone, of which cosines are plain products. */

/**
 * Each row divided by its Euclidean length; rows of zeros stay.
 *
 * @param features [N, dim] row-major; borrowed
 */
export function unitRows(features: Float32Array, dim: number): Float32Array {
  const rows = new Float32Array(features.length);
  for (let start = 0; start < features.length; start += dim) {
    let sum = 0;
    for (let at = start; at < start + dim; at++) sum += features[at]! * features[at]!;
    const scale = sum === 0 ? 0 : 1 / Math.sqrt(sum);
    for (let at = start; at < start + dim; at++) rows[at] = features[at]! * scale;
  }
  return rows;
}

/** The product of row i of one matrix and row j of another, in float64. */
export function rowProduct(a: Float32Array, i: number, b: Float32Array, j: number, dim: number): number {
  const [atA, atB] = [i * dim, j * dim];
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += a[atA + d]! * b[atB + d]!;
  return sum;
}
