/** The largest eigenvalues of a symmetric matrix, with their vectors, by what the matrix does to vectors. */
import { TorchGenerator } from '../../../random/torch-generator.ts';
import { OrthonormalRows } from '../../products/orthonormal-rows.ts';
import { normalise } from '../../products/vectors.ts';
import { KrylovChain, type SymmetricProduct } from './krylov-chain.ts';
import { runChain } from './run-chain.ts';

/** Below this part of the largest value residuals are rounding. */
const ROUNDING = 1e-14;
/** Within this part of one another eigenvalues count as equal. */
const EQUAL = 1e-5;

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
 * eigenvalues; so another looks at what it left out, and if there is one as large, chains go on beside the vectors that were found.
 *
 * @param product the matrix, without negative eigenvalues
 * @param dim D
 * @param count how many, at most D
 * @returns the largest first; their vectors' signs are as they come
 */
export function largestEigenpairs(product: SymmetricProduct, dim: number, count: number): Eigenpair[] {
  const generator = new TorchGenerator(0);
  const known: Float64Array[] = [];
  let found: Eigenpair[] = [];
  while (known.length < dim) {
    const basis = new OrthonormalRows(dim);
    for (const vector of known) basis.push(vector);
    const chain = new KrylovChain(product, basis, freshVector(generator, basis, dim));
    const least = found[count - 1]?.value ?? Number.NEGATIVE_INFINITY;
    const larger = runChain(chain, { count, least, longest: dim, rounding: ROUNDING });
    if (larger.length === 0) break;
    for (const [i, vector] of chain.vectorsOf(larger).entries()) {
      known.push(vector);
      found.push({ value: larger[i]!.value, vector });
    }
    found = found.sort((a, b) => b.value - a.value).slice(0, count);
    if (found.length === count && !hasMissed(product, basis, generator, found)) break;
  }
  return found;
}

/**
 * Whether there may be more of equal eigenvalues than were found, but for the last of those found, of which one is as good as another: there
 * is one beside all vectors of a chain, or the chain has seen several, which it does by rounding, and then not in full.
 */
export function hasMissed(
  product: SymmetricProduct,
  basis: OrthonormalRows,
  generator: TorchGenerator,
  found: readonly Eigenpair[],
): boolean {
  const [largest] = found;
  const last = found.at(-2);
  if (largest === undefined || last === undefined || basis.count >= basis.dim) return false;
  const areEqual = found.slice(1, -1).some(({ value }, i) => {
    const above = found[i]!.value;
    return value > ROUNDING * largest.value && value >= (1 - EQUAL) * above;
  });
  if (areEqual) return true;
  const chain = new KrylovChain(product, basis, freshVector(generator, basis, basis.dim));
  const least = (1 - EQUAL) * last.value;
  return runChain(chain, { count: 1, least, longest: basis.dim, rounding: EQUAL }).length > 0;
}

/** A vector without a pattern, of length 1 and orthogonal to a basis. */
export function freshVector(generator: TorchGenerator, basis: OrthonormalRows, dim: number): Float64Array {
  for (;;) {
    const vector = Float64Array.from({ length: dim }, () => generator.rand64() - 0.5);
    normalise(vector);
    basis.orthogonalise(vector);
    if (normalise(vector) > 1e-8) return vector;
  }
}
