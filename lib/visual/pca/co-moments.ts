/** Sums over any number of vectors, of which none is kept. */
import { addGram } from '../../products/gram.ts';
import { dot } from '../../products/vectors.ts';
import type { Spread } from './spread.ts';

/**
 * The sums of vectors and of their products, about the mean of the first ones, so that what varies is not lost beside a mean
 * that is large. It takes D² numbers, and about N · D² / 2 multiplications for N vectors.
 */
export class CoMoments {
  private readonly dim: number;
  private count = 0;
  private readonly shift: Float64Array;
  /** [D], of x − shift */
  private readonly sums: Float64Array;
  /** [D, D], of (x − shift) (x − shift)ᵀ, on the diagonal and below it */
  private readonly products: Float64Array;
  private readonly plain: boolean;

  /**
   * @param shift [D], somewhere among the vectors
   * @param plain whether to do without WebAssembly; default: where it can't be had
   */
  constructor(shift: Float64Array, plain = false) {
    this.dim = shift.length;
    this.shift = shift;
    this.sums = new Float64Array(this.dim);
    this.products = new Float64Array(this.dim ** 2);
    this.plain = plain;
  }

  /** @param rows [n, D] */
  add(rows: Float32Array): void {
    const { dim, shift, sums } = this;
    const count = rows.length / dim;
    const write = (row: Float64Array, i: number): void => {
      for (let j = 0; j < dim; j++) {
        row[j] = rows[i * dim + j]! - shift[j]!;
        sums[j] = sums[j]! + row[j]!;
      }
    };
    addGram(this.products, count, write, this.plain);
    this.count += count;
  }

  /** The spread of all vectors that were added. */
  toSpread(): Spread {
    const { dim, count } = this;
    const apart = this.sums.map((sum) => sum / count);
    const matrix = Array.from({ length: dim }, () => new Float64Array(dim));
    for (let i = 0; i < dim; i++) {
      for (let j = 0; j <= i; j++) {
        const value = this.products[i * dim + j]! - this.sums[i]! * apart[j]!;
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
