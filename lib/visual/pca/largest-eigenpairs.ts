/** The largest eigenvalues of a symmetric matrix, with their vectors, by what the matrix does to vectors. */
import { TorchGenerator } from '../../../random/torch-generator.ts';
import { OrthonormalRows } from '../../products/orthonormal-rows.ts';
import { normalise } from '../../products/vectors.ts';
import { KrylovChain, type RitzValue, type SymmetricProduct } from './krylov-chain.ts';

/** How far a vector may be from the eigenvector, where that has length 1. */
const TOLERANCE = 1e-7;
/** Below this part of the largest value differences are rounding. */
const ROUNDING = 1e-14;
/** Up to this length a chain is looked at after every step, then after every sixteenth part of it. */
const LOOK_EACH = 32;

/** An eigenvalue and its vector [D] of length 1. */
export interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
}

/**
 * The largest eigenpairs, exact but for 1e-7 of a vector's length.
 *
 * Lanczos' method in float64, each vector held orthogonal to all before, until the residuals over the distances of the eigenvalues
 * say that the vectors are there: some twenty products where the eigenvalues fall off, some hundreds where they hardly do, and
 * at most as many as the matrix is wide, which makes it the full reduction to tridiagonal form. A chain sees one vector only of equal
 * eigenvalues; so others begin from what it left out, until they find nothing as large.
 *
 * @param product the matrix, without negative eigenvalues
 * @param dim D
 * @param count how many, at most D
 * @returns the largest first; their vectors' signs are as they come
 */
export function largestEigenpairs(product: SymmetricProduct, dim: number, count: number): Eigenpair[] {
  const generator = new TorchGenerator(0);
  const basis = new OrthonormalRows(dim);
  let found: Eigenpair[] = [];
  for (let longest = dim; basis.count < dim; ) {
    const chain = new KrylovChain(product, basis, freshVector(generator, basis, dim));
    const least = found[count - 1]?.value ?? Number.NEGATIVE_INFINITY;
    const larger = runChain(chain, count, least, longest);
    chain.close();
    const vectors = chain.vectorsOf(larger);
    const more = larger.map(({ value }, i) => ({ value, vector: vectors[i]! }));
    found = [...found, ...more].sort((a, b) => b.value - a.value).slice(0, count);
    if (found.length === count) {
      if (more.length === 0) break;
      longest = Math.min(longest, chain.length);
    }
  }
  return found;
}

/**
 * Lets a chain grow until its largest values are known.
 *
 * @param least what a value must be larger than to matter
 * @returns those that matter, `count` at most
 */
function runChain(chain: KrylovChain, count: number, least: number, longest: number): RitzValue[] {
  let look = 1;
  for (;;) {
    chain.grow();
    const isDone = chain.isComplete || chain.length >= longest;
    if (!isDone && chain.length < look) continue;
    look = chain.length + Math.max(1, Math.floor((chain.length - LOOK_EACH) / 16));
    const values = chain.values();
    const [top] = values;
    if (top === undefined) return [];
    const mattering = values.slice(0, count).filter(({ value }) => value > least);
    if (isDone) return mattering;
    if (top.value + top.residual < least) return [];
    const wanted = Number.isFinite(least) ? mattering.length : count;
    if (wanted > 0 && areKnown(values, wanted)) return mattering;
  }
}

/** Whether the vectors of the largest values are as near as they have to be: their residuals over the distance of other values. */
function areKnown(values: readonly RitzValue[], count: number): boolean {
  if (values.length <= count) return false;
  const rounding = ROUNDING * values[0]!.value;
  return values.slice(0, count).every(({ value, residual }, i) => {
    const above = values[i - 1]?.value ?? Number.POSITIVE_INFINITY;
    const gap = Math.min(above - value, value - values[i + 1]!.value);
    return residual <= Math.max(TOLERANCE * gap, rounding);
  });
}

/** A vector without a pattern, of length 1 and orthogonal to a basis. */
function freshVector(generator: TorchGenerator, basis: OrthonormalRows, dim: number): Float64Array {
  for (;;) {
    const vector = Float64Array.from({ length: dim }, () => generator.rand64() - 0.5);
    normalise(vector);
    basis.orthogonalise(vector);
    if (normalise(vector) > 1e-8) return vector;
  }
}
