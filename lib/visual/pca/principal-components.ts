/** A PCA with the signs of scikit-learn. */
import { OptionError } from '../../../errors/errors.ts';
import { largestEigenpairs } from './largest-eigenpairs.ts';
import { refinedEigenpairs } from './refined-eigenpairs.ts';
import type { Spread } from './spread.ts';

/** The directions along which vectors differ most. */
export interface PrincipalComponents {
  /** [D] */
  readonly mean: Float64Array;
  /** [k, D], each of length 1, the one of most variance first */
  readonly components: Float64Array;
  /** [k], with N − 1 as the divisor */
  readonly explainedVariance: Float64Array;
  /** [k], parts of the variance of all; 0 where there is none */
  readonly explainedVarianceRatio: Float64Array;
}

/**
 * The PCA that scikit-learn's `PCA(n_components, svd_solver='full')` makes in float64, within 1e-6 of a component's length.
 *
 * The largest value of each component is positive: scikit-learn's `svd_flip(u_based_decision=False)`, which its PCA takes from version 1.5
 * on (this follows 1.9.1; before, the largest score of a component was).
 *
 * @param count k
 * @throws OptionError if there are fewer vectors or values than components, or values that are not finite
 */
export function principalComponents(where: string, spread: Spread, count: number): PrincipalComponents {
  const dim = spread.mean.length;
  const most = Math.min(spread.count, dim);
  if (count > most) {
    throw new OptionError(
      `${where}: expected at most ${most} components of ${spread.count} patches of ${dim} values, got ${count}; ask for fewer components or give more patches`,
    );
  }
  const { product, roughProduct } = spread;
  const pairs =
    (roughProduct && refinedEigenpairs(product, roughProduct, dim, count)) ??
    largestEigenpairs(product, dim, count);
  const components = new Float64Array(count * dim);
  for (const [i, { vector }] of pairs.entries()) components.set(flipped(vector), i * dim);
  const values = Float64Array.from(pairs, ({ value }) => Math.max(value, 0));
  return {
    mean: spread.mean,
    components,
    explainedVariance: values.map((value) => value / Math.max(spread.count - 1, 1)),
    explainedVarianceRatio: values.map((value) => (spread.total > 0 ? value / spread.total : 0)),
  };
}

/** The vector or its opposite, whichever has its largest value positive; of equally large ones the first counts. */
function flipped(vector: Float64Array): Float64Array {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? vector.map((value) => -value) : vector;
}
