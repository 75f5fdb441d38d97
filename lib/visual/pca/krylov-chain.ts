/** One run of Lanczos' method: an orthonormal basis in which a symmetric matrix is tridiagonal. */

import type { OrthonormalRows } from '../../products/orthonormal-rows.ts';
import { addScaled, dot, normalise } from '../../products/vectors.ts';
import { tridiagonalEigen } from './tridiagonal-eigen.ts';
import { TridiagonalVectors } from './tridiagonal-vectors.ts';

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

/** What a matrix does to vectors beside a chain is taken for this part of the eigenvalue at most, so that a correction is too long for none. */
const REST = 0.4;
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
    const eigenvectors = this.eigenvectors();
    return wanted.map(({ place }) => {
      const column = new Float64Array(this.length);
      column[place] = 1;
      eigenvectors.combine(column);
      const vector = this.combination(column);
      normalise(vector);
      return vector;
    });
  }

  /** Those of the tridiagonal matrix. */
  eigenvectors(): TridiagonalVectors {
    return new TridiagonalVectors(this.diagonal, this.beside);
  }

  /**
   * What must be added to the vector of an eigenvalue λ so that a residual vanishes, −(A − λ)⁻¹ r, as far as the chain knows A: among
   * its vectors A is the tridiagonal matrix, and beside them as much of 1 as it is to the last.
   *
   * @param eigenvectors what `eigenvectors` gives
   * @param residual r [D] = A x − λ x
   * @param place of λ among the chain's values
   * @returns [D], with nothing along the chain's own vector of λ
   */
  correction(
    eigenvectors: TridiagonalVectors,
    residual: Float64Array,
    value: number,
    place: number,
  ): Float64Array {
    const beside = 1 / (value - Math.min(this.diagonal.at(-1)!, REST * value));
    const inside = Float64Array.from(this.own, (each) => dot(each, residual));
    const along = inside.slice();
    eigenvectors.project(along);
    for (const [i, other] of eigenvectors.values.entries()) {
      along[i] = i === place ? 0 : along[i]! / (value - other);
    }
    eigenvectors.combine(along);
    // of the residual, what lies along the chain's vectors has its own part
    addScaled(along, -beside, inside);
    const correction = this.combination(along);
    addScaled(correction, beside, residual);
    return correction;
  }

  /** The sum of the chain's vectors, times weights. */
  private combination(weights: Float64Array): Float64Array {
    const sum = new Float64Array(this.dim);
    for (const [i, each] of this.own.entries()) addScaled(sum, weights[i]!, each);
    return sum;
  }
}
