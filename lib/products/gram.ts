/** Sums of products of all pairs of columns. */
import { borrowKernels } from './kernel-memory.ts';
import { multipleOf4 } from './kernels.ts';

/** How many rows go through the kernels at once. */
const BLOCK = 32;

/**
 * Adds ZᵀZ to sums, in float64, in the order of the rows.
 *
 * @param sums [D, D], on the diagonal and below it; what is above has no meaning
 * @param count how many rows Z has
 * @param write writes row i of Z [D] into the array given
 * @param plain whether to do without WebAssembly; default: where it can't be had
 */
export function addGram(
  sums: Float64Array,
  count: number,
  write: (row: Float64Array, i: number) => void,
  plain = false,
): void {
  const dim = Math.sqrt(sums.length);
  const width = multipleOf4(dim);
  const c = BLOCK * width * 8;
  const { kernels, buffer } = borrowKernels(sums, c + width * width * 8, plain, 'workspace');
  const inside = new Float64Array(buffer, c, width * width).fill(0);
  for (let i = 0; i < dim; i++) inside.set(sums.subarray(i * dim, i * dim + i + 1), i * width);
  const block = new Float64Array(buffer, 0, BLOCK * width);
  const row = new Float64Array(width);
  for (let start = 0; start < count; start += BLOCK) {
    const size = Math.min(BLOCK, count - start);
    for (let i = 0; i < size; i++) {
      write(row.subarray(0, dim), start + i);
      // four columns of all rows after four, as the kernel reads them
      for (let j = 0; j < width; j++) block[(j >> 2) * size * 4 + i * 4 + (j & 3)] = row[j]!;
    }
    kernels.gram(0, size, width, c);
  }
  for (let i = 0; i < dim; i++) sums.set(inside.subarray(i * width, i * width + i + 1), i * dim);
}

/**
 * XᵀSX, where S is diagonal and not negative, in float64.
 *
 * @param rows X [n, D]
 * @param weights the diagonal of S [n]
 * @param plain as `addGram` takes it
 * @returns [D, D], as `addGram` leaves it
 */
export function weightedGram(
  rows: Float32Array,
  dim: number,
  weights: Float64Array,
  plain = false,
): Float64Array {
  const sums = new Float64Array(dim * dim);
  const write = (row: Float64Array, i: number): void => {
    const root = Math.sqrt(weights[i]!);
    for (let j = 0; j < dim; j++) row[j] = root * rows[i * dim + j]!;
  };
  addGram(sums, weights.length, write, plain);
  return sums;
}
