/** Quantiles of values. */

/**
 * Values below which given parts of others lie, linear between the nearest, as NumPy's `quantile` has them.
 *
 * @param values one at least
 * @param parts each from 0 to 1
 */
export function quantiles(values: Float64Array, parts: readonly number[]): Float64Array {
  const sorted = values.slice().sort();
  return Float64Array.from(parts, (part) => {
    const place = part * (sorted.length - 1);
    const lower = Math.floor(place);
    const low = sorted[lower]!;
    const high = sorted[Math.min(lower + 1, sorted.length - 1)]!;
    return low + (high - low) * (place - lower);
  });
}
