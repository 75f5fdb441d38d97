/** What the values of a map of attention are divided by. */

/** `none`: nothing, they are the weights; `sum`: they sum to 1; `max`: the largest is 1. */
export const SCALES = ['none', 'sum', 'max'] as const;

/** One of them. */
export type AttentionScale = (typeof SCALES)[number];

/**
 * Scales a map; one whose values are all 0 stays as it is.
 *
 * @param map at least 0 each; changed in place
 */
export function scaleMap(map: Float32Array, scale: AttentionScale): void {
  if (scale === 'none') return;
  const of = (a: number, b: number): number => (scale === 'sum' ? a + b : Math.max(a, b));
  const divisor = map.reduce(of, 0);
  if (divisor === 0) return;
  for (const [i, value] of map.entries()) map[i] = value / divisor;
}
