/** Sums over any number of vectors, of which none is kept. */

import { borrowKernels } from '../../products/kernel-memory.ts';
import { filledUp } from '../../products/kernels.ts';
import { dot } from '../../products/vectors.ts';
import type { Spread } from './spread.ts';

/** How many vectors go through the kernels at once. */
const BLOCK = 32;

/**
 * The sums of vectors and of their products, about the mean of the first ones, so that what varies is not lost beside a mean
 * that is large. It takes D² numbers, and about N · D² / 2 multiplications for N vectors.
 */
export class CoMoments {
  private readonly dim: number;
  /** D, filled up to what kernels take */
  private readonly width: number;
  private count = 0;
  private readonly shift: Float64Array;
  /** [D], of x − shift */
  private readonly sums: Float64Array;
  /** [width, width], of (x − shift) (x − shift)ᵀ, on the diagonal and below it */
  private readonly products: Float64Array;
  private readonly plain: boolean;

  /**
   * @param shift [D], somewhere among the vectors
   * @param plain whether to do without WebAssembly; default: where it can't be had
   */
  constructor(shift: Float64Array, plain = false) {
    this.dim = shift.length;
    this.width = filledUp(this.dim);
    this.shift = shift;
    this.sums = new Float64Array(this.dim);
    this.products = new Float64Array(this.width * this.width);
    this.plain = plain;
  }

  /** @param rows [n, D] */
  add(rows: Float32Array): void {
    const { dim, width } = this;
    const count = rows.length / dim;
    const c = BLOCK * width * 8;
    const { kernels, buffer } = borrowKernels(this, c + width * width * 8, this.plain);
    const products = new Float64Array(buffer, c, width * width);
    products.set(this.products);
    const block = new Float64Array(buffer, 0, BLOCK * width).fill(0);
    for (let start = 0; start < count; start += BLOCK) {
      const size = Math.min(BLOCK, count - start);
      for (let j = 0; j < dim; j++) {
        const to = (j >> 2) * size * 4 + (j & 3);
        for (let i = 0; i < size; i++) {
          const value = rows[(start + i) * dim + j]! - this.shift[j]!;
          block[to + i * 4] = value;
          this.sums[j] = this.sums[j]! + value;
        }
      }
      kernels.gram(0, size, width, c);
    }
    this.products.set(products);
    this.count += count;
  }

  /** The spread of all vectors that were added. */
  toSpread(): Spread {
    const { dim, width, count } = this;
    const apart = this.sums.map((sum) => sum / count);
    const matrix = Array.from({ length: dim }, () => new Float64Array(dim));
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j <= i; j++) {
        const value = this.products[i * width + j]! - this.sums[i]! * apart[j]!;
        matrix[i]![j] = value;
        matrix[j]![i] = value;
      }
    }
    return {
      count,
      mean: apart.map((value, i) => value + this.shift[i]!),
      total: matrix.reduce((sum, row, i) => sum + row[i]!, 0),
      product: (vector) => Float64Array.from(matrix, (row) => dot(row, vector)),
    };
  }
}
