/** Sums of products of all pairs of columns. */
import { borrowKernels } from './kernel-memory.ts';
import { filledUp } from './kernels.ts';

/** How many rows go through the kernels at once. */
const BLOCK = 32;

/**
 * XᵀSX, where S is diagonal and not negative, in float64.
 *
 * @param rows X [n, D]
 * @param weights the diagonal of S [n]
 * @param plain whether to do without WebAssembly; default: where it can't be had
 * @returns [D, D], on the diagonal and below it; what is above has no meaning
 */
export function weightedGram(
  rows: Float32Array,
  dim: number,
  weights: Float64Array,
  plain = false,
): Float64Array {
  const width = filledUp(dim);
  const c = BLOCK * width * 8;
  const owner = {};
  const { kernels, buffer } = borrowKernels(owner, c + width * width * 8, plain, 'beside');
  const sums = new Float64Array(buffer, c, width * width).fill(0);
  const block = new Float64Array(buffer, 0, BLOCK * width).fill(0);
  for (let start = 0; start < weights.length; start += BLOCK) {
    const size = Math.min(BLOCK, weights.length - start);
    for (let i = 0; i < size; i++) {
      const root = Math.sqrt(weights[start + i]!);
      const from = (start + i) * dim;
      for (let j = 0; j < dim; j++) block[(j >> 2) * size * 4 + i * 4 + (j & 3)] = root * rows[from + j]!;
    }
    kernels.gram(0, size, width, c);
  }
  const all = new Float64Array(dim * dim);
  for (let i = 0; i < dim; i++) all.set(sums.subarray(i * width, i * width + i + 1), i * dim);
  return all;
}
