/** The largest eigenvalues of a symmetric matrix by rough products, and a few exact ones. */
import { TorchGenerator } from '../../../random/torch-generator.ts';
import { OrthonormalRows } from '../../products/orthonormal-rows.ts';
import { addScaled, dot, normalise } from '../../products/vectors.ts';
import { KrylovChain, type SymmetricProduct } from './krylov-chain.ts';
import { type Eigenpair, freshVector, hasMissed } from './largest-eigenpairs.ts';
import { runChain, TOLERANCE } from './run-chain.ts';
import type { TridiagonalVectors } from './tridiagonal-vectors.ts';

/**
 * Below this part of the largest value residuals tell nothing, as products are rounded to float32. It is less than what rounding does to a
 * product: the nearer the chain is to what it has converged to, the less of a correction lies beside its vectors, where little is known.
 */
const ROUNDING = 3e-8;
/** A correction that is longer says that the rough products tell too little. */
const LARGEST_CORRECTION = 0.03;
/** How many corrections a vector may take; it takes two or three. */
const MOST_CORRECTIONS = 4;

/**
 * What `largestEigenpairs` gives, within 1e-6 of a vector's length: Lanczos' method by products in float32 says nearly what they are, and nearly
 * what the matrix is about them; with that, Newton's method corrects each vector by its exact residual, until the correction is as
 * small as an error may be.
 * In float32 a product takes half the time, and all but some two or three for each vector are.
 *
 * Source: the correction equation of Davidson's method; Saad, Numerical Methods for Large Eigenvalue Problems, 2nd edition, 8.4.
 *
 * @param product the matrix, without negative eigenvalues
 * @param rough the same but for rounding of float32
 * @param dim D
 * @param count how many, at most D
 * @returns the largest first; undefined if float32 can't tell them apart from others, or equal ones from one
 */
export function refinedEigenpairs(
  product: SymmetricProduct,
  rough: SymmetricProduct,
  dim: number,
  count: number,
): Eigenpair[] | undefined {
  const generator = new TorchGenerator(0);
  const basis = new OrthonormalRows(dim);
  const chain = new KrylovChain(rough, basis, freshVector(generator, basis, dim));
  const goal = { count, least: Number.NEGATIVE_INFINITY, longest: dim, rounding: ROUNDING };
  const wanted = runChain(chain, goal);
  if (wanted.length < count) return undefined;
  const starts = chain.vectorsOf(wanted).map((vector, i) => ({ ...wanted[i]!, vector }));
  // before exact products, as rows for either kind take turns in one memory
  if (hasMissed(rough, basis, generator, starts)) return undefined;
  const eigenvectors = chain.eigenvectors();
  const pairs: Eigenpair[] = [];
  for (const { vector, place } of starts) {
    const pair = refined(product, chain, eigenvectors, vector, place);
    if (pair === undefined) return undefined;
    pairs.push(pair);
  }
  return pairs.sort((a, b) => b.value - a.value);
}

/**
 * Corrects a vector until it is exact.
 *
 * @param vector [D], changed in place
 * @param place of its eigenvalue in the chain
 */
function refined(
  product: SymmetricProduct,
  chain: KrylovChain,
  eigenvectors: TridiagonalVectors,
  vector: Float64Array,
  place: number,
): Eigenpair | undefined {
  for (let i = 0; i < MOST_CORRECTIONS; i++) {
    const residual = product(vector);
    const value = dot(vector, residual);
    addScaled(residual, -value, vector);
    const correction = chain.correction(eigenvectors, residual, value, place);
    const size = Math.sqrt(dot(correction, correction));
    if (!(size <= LARGEST_CORRECTION)) return undefined;
    addScaled(vector, 1, correction);
    normalise(vector);
    if (size <= TOLERANCE) return { value, vector };
  }
  return undefined;
}
