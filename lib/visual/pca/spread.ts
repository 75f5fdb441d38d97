/** How vectors lie about their mean: what a PCA is made of. */

import type { RowMatrix } from '../../products/row-matrix.ts';
import { dot } from '../../products/vectors.ts';
import type { SymmetricProduct } from './krylov-chain.ts';

/** Vectors as a PCA needs them. */
export interface Spread {
  /** N */
  readonly count: number;
  /** [D] */
  readonly mean: Float64Array;
  /** the sum of the squared distances from the mean; not finite if a value is not */
  readonly total: number;
  /** v ↦ Σ (x − mean) (x − mean)ᵀ v */
  readonly product: SymmetricProduct;
  /** the same but for rounding of float32, where that takes less time */
  readonly roughProduct?: SymmetricProduct;
  /** the vectors, where they stay in memory */
  readonly rows?: RowMatrix;
}

/**
 * The spread of vectors that stay in memory: products go through them, and no covariance is made, which would take longer
 * than all the products that a few components need. Rough ones are of the vectors about their mean, rounded to float32, so that nothing is
 * lost beside a mean that is large.
 */
export function spreadOfRows(rows: RowMatrix): Spread {
  const { count } = rows;
  const mean = rows.accumulate(new Float64Array(count).fill(1)).map((sum) => sum / count);
  const total = rows.distances(mean).reduce((sum, each) => sum + each, 0);
  const product: SymmetricProduct = (vector) => rows.normal(vector, dot(mean, vector));
  const spread = { count, mean, total, product, rows };
  // squares must be neither too large nor too small for float32
  const centred = total > 1e-16 && total < 1e16 ? rows.about(mean) : undefined;
  return centred === undefined
    ? spread
    : { ...spread, roughProduct: (vector) => centred.roughNormal(vector) };
}
