/** Scores of vectors: how far from the mean they are along components. */
import type { RowMatrix } from '../../products/row-matrix.ts';
import { dot } from '../../products/vectors.ts';

/**
 * Scores in float64, component by component.
 *
 * @param rows [N, D]
 * @param mean [D]
 * @param components [k, D]
 * @returns k of [N] each
 */
export function scoresOf(rows: RowMatrix, mean: Float64Array, components: Float64Array): Float64Array[] {
  const { dim } = rows;
  const each = Array.from({ length: components.length / dim }, (_, c) =>
    components.subarray(c * dim, (c + 1) * dim),
  );
  const shifts = each.map((component) => dot(mean, component));
  return rows.projectAll(each).map((scores, c) => scores.map((score) => score - shifts[c]!));
}
