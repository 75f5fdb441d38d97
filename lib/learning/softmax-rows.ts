/** Softmax in float64. */

/**
 * The softmax of each row.
 *
 * @param scores [n, C]
 * @returns [n, C]
 */
export function softmaxRows(scores: Float64Array, numClasses: number): Float64Array {
  const result = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += numClasses) {
    const end = start + numClasses;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) most = Math.max(most, scores[i]!);
    let total = 0;
    for (let i = start; i < end; i++) total += result[i] = Math.exp(scores[i]! - most);
    for (let i = start; i < end; i++) result[i] = result[i]! / total;
  }
  return result;
}
