/** Which centre each row is nearest to. */
import type { RowMatrix } from '../../products/row-matrix.ts';

/** Rows by their nearest centres. */
export interface NearestCentres {
  /** [N], numbers of centres */
  readonly labels: Int32Array;
  /** [N], squared distances from them */
  readonly distances: Float64Array;
}

/**
 * Each row's nearest centre in float64, of equally near ones the first.
 *
 * @param rows [N, D]
 * @param centres each [D]
 */
export function nearestCentres(rows: RowMatrix, centres: readonly Float64Array[]): NearestCentres {
  const labels = new Int32Array(rows.count);
  const distances = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  for (const [c, centre] of centres.entries()) {
    const each = rows.distances(centre);
    for (let i = 0; i < each.length; i++) {
      if (each[i]! >= distances[i]!) continue;
      distances[i] = each[i]!;
      labels[i] = c;
    }
  }
  return { labels, distances };
}
