/** Summaries of repeated measurements. */
import { compareValues } from '../lib/parity/compare.ts';

/** Quartiles of some measurements. */
export interface Summary {
  median: number;
  /** a quarter of the values is at most this */
  lower: number;
  /** a quarter of the values is at least this */
  upper: number;
}

/**
 * @param values at least one
 * @param part 0 … 1
 * @returns linearly between the two nearest values
 */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('quantile: expected at least one value, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (place - Math.floor(place)) * (high - low);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function summarise(values: readonly number[]): Summary {
  return { median: median(values), lower: quantile(values, 0.25), upper: quantile(values, 0.75) };
}

/**
 * How many times as long one takes as the other in each round, so that what slows a whole round down does not count.
 *
 * @param values one for each round; both start with the first round, one may have stopped earlier
 */
export function ratios(values: readonly number[], others: readonly number[]): number[] {
  const rounds = Math.min(values.length, others.length);
  return Array.from({ length: rounds }, (_, i) => (values[i] ?? 0) / (others[i] ?? 0));
}

/** The median over rounds of `ratios`. */
export function medianRatio(values: readonly number[], others: readonly number[]): number {
  return median(ratios(values, others));
}

/**
 * The cosine of the angle between two vectors.
 *
 * @param a [D]
 * @param b [D]
 */
export function cosine(a: readonly number[], b: readonly number[]): number {
  return compareValues('', a, b, 0).cosine;
}
