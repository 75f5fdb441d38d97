/** The inputs of a layer of 8-bit weights as its kernel sees them, in plain loops. */
import type { Int8Rows } from '../../../bytes/int8-rows.ts';

/**
 * Rows rounded to integers, the largest magnitude of each becoming the largest integer that lets no sum of products with
 * the weight leave 32 bits, and widened again.
 *
 * @param x [M, K]
 * @param weight [N, K]
 * @param most what an integer is at most in any case
 */
export function roundedInput(x: Float32Array, K: number, weight: Int8Rows, most = 2 ** 15 - 1): Float32Array {
  const { abs, floor, fround, max, min } = Math;
  let largestSum = 1;
  for (let n = 0; n < weight.scales.length; n++) {
    let sum = 0;
    for (let i = n * K; i < (n + 1) * K; i++) sum += abs(weight.values[i]!);
    largestSum = max(largestSum, sum);
  }
  const largest = min(most, floor((2 ** 31 - 1) / largestSum));
  const rounded = new Float32Array(x.length);
  for (let from = 0; from < x.length; from += K) {
    const row = x.subarray(from, from + K);
    const top = row.reduce((all, value) => max(all, abs(value)), 0);
    const [factor, scale] = [fround(largest / top), fround(top / largest)];
    for (const [k, value] of row.entries()) {
      const units = fround(value * factor);
      // 1.5 · 2^23 added and taken away leaves the nearest whole number, halfway to the even neighbour
      rounded[from + k] = top === 0 ? 0 : (fround(units + 12582912) - 12582912) * scale;
    }
  }
  return rounded;
}
