/** Scores of vectors: how far from the mean they are along components. */

import { RowProducts } from '../../products/row-products.ts';
import { dot } from '../../products/vectors.ts';

/**
 * Scores in float64, component by component.
 *
 * @param features [N, D]
 * @param mean [D]
 * @param components [k, D]
 * @returns k of [N] each
 */
export function scoresOf(
  features: Float32Array,
  mean: Float64Array,
  components: Float64Array,
): Float64Array[] {
  const dim = mean.length;
  const rows = new RowProducts(dim, [features]);
  return Array.from({ length: components.length / dim }, (_, c) => {
    const component = components.subarray(c * dim, (c + 1) * dim);
    const shift = dot(mean, component);
    return rows.project(component).map((score) => score - shift);
  });
}
