/** One run of Lanczos' method: an orthonormal basis in which a symmetric matrix is tridiagonal. */

import type { OrthonormalRows } from '../../products/orthonormal-rows.ts';
import { addScaled, dot, normalise } from '../../products/vectors.ts';
import { tridiagonalEigen } from './tridiagonal-eigen.ts';

/** What a symmetric matrix does to a vector. */
export type SymmetricProduct = (vector: Float64Array) => Float64Array;

/** An eigenvalue as a chain sees it. */
export interface RitzValue {
  readonly value: number;
  /** how long A x − value · x is, where x is the vector */
  readonly residual: number;
  /** its place among those of the tridiagonal matrix */
  readonly place: number;
}

/** Below this part of the largest value a residual is rounding. */
const ROUNDING = 1e-14;

/**
 * A chain of vectors, each what the matrix makes of the one before, without what lies along earlier ones and along those of other
 * chains. It ends where nothing new comes.
 */
export class KrylovChain {
  /** every vector of this chain and of those before, orthonormal; the chain's own are the last */
  private readonly basis: OrthonormalRows;
  private readonly product: SymmetricProduct;
  private readonly own: Float64Array[] = [];
  private readonly diagonal: number[] = [];
  private readonly beside: number[] = [];
  private next: Float64Array | undefined;
  private scale = 0;

  /**
   * @param basis vectors of other chains, to which it adds its own
   * @param start [D], of length 1 and orthogonal to the basis
   */
  constructor(product: SymmetricProduct, basis: OrthonormalRows, start: Float64Array) {
    this.product = product;
    this.basis = basis;
    this.next = start;
  }

  /** D */
  get dim(): number {
    return this.own[0]?.length ?? this.next?.length ?? 0;
  }

  /** How many vectors it has. */
  get length(): number {
    return this.own.length;
  }

  /** Whether the vectors span all that the matrix makes of them. */
  get isComplete(): boolean {
    return this.next === undefined;
  }

  /** Adds a vector. */
  grow(): void {
    const vector = this.next;
    if (vector === undefined) return;
    this.own.push(vector);
    this.basis.push(vector);
    const image = this.product(vector);
    const along = dot(vector, image);
    // all that is much of it first, so that what is left next to the others is taken out at once
    addScaled(image, -along, vector);
    const previous = this.own.at(-2);
    if (previous !== undefined) addScaled(image, -this.beside.at(-1)!, previous);
    this.basis.orthogonalise(image);
    const length = normalise(image);
    this.diagonal.push(along);
    this.beside.push(length);
    this.scale = Math.max(this.scale, Math.abs(along) + length);
    const isNew = length > ROUNDING * this.scale && this.basis.count < vector.length;
    this.next = isNew ? image : undefined;
    if (!isNew) this.beside[this.length - 1] = 0;
  }

  /** What it has of eigenvalues, the largest first. */
  values(): RitzValue[] {
    const values = Float64Array.from(this.diagonal);
    const lastRow = new Float64Array(this.length);
    lastRow[this.length - 1] = 1;
    tridiagonalEigen(values, Float64Array.from(this.beside), (i, cosine, sine) => {
      const left = lastRow[i]!;
      const right = lastRow[i + 1]!;
      lastRow[i] = cosine * left - sine * right;
      lastRow[i + 1] = sine * left + cosine * right;
    });
    const leaving = this.beside.at(-1) ?? 0;
    const unsorted = Array.from(values, (value, place) => ({
      value,
      residual: Math.abs(leaving * lastRow[place]!),
      place,
    }));
    return unsorted.sort((a, b) => b.value - a.value || a.place - b.place);
  }

  /**
   * The vectors of some eigenvalues.
   *
   * @returns each [D], of length 1
   */
  vectorsOf(wanted: readonly RitzValue[]): Float64Array[] {
    const rotations: { i: number; cosine: number; sine: number }[] = [];
    tridiagonalEigen(Float64Array.from(this.diagonal), Float64Array.from(this.beside), (i, cosine, sine) => {
      rotations.push({ i, cosine, sine });
    });
    return wanted.map(({ place }) => {
      // the rotations from last to first make of a unit vector a column of their product
      const column = new Float64Array(this.length);
      column[place] = 1;
      for (let r = rotations.length - 1; r >= 0; r--) {
        const { i, cosine, sine } = rotations[r]!;
        const upper = column[i]!;
        const lower = column[i + 1]!;
        column[i] = cosine * upper + sine * lower;
        column[i + 1] = cosine * lower - sine * upper;
      }
      const vector = new Float64Array(this.own[0]?.length ?? 0);
      for (const [i, each] of this.own.entries()) addScaled(vector, column[i]!, each);
      normalise(vector);
      return vector;
    });
  }
}
