/** How far two results are apart: as a whole, or value by value. */

// in jest's contexts a global is slow to find, which tells where a loop is long
const { abs, max } = Math;

/** The largest difference of two values, divided by the largest value that is expected; NaN counts as infinite. */
export function relativeDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] ?? Number.NaN;
    const apart = abs((actual[i] ?? Number.NaN) - wanted);
    if (Number.isNaN(apart)) return Number.POSITIVE_INFINITY;
    difference = max(difference, apart);
    largest = max(largest, abs(wanted));
  }
  return largest === 0 ? difference : difference / largest;
}

/** A value that is not what it should be; NaN also stands for one that is not there. */
export interface Miss {
  index: number;
  expected: number;
  actual: number;
}

/**
 * The values that are further apart than `tolerance` times the expected value or 1, whichever is larger. Only NaN is close to
 * NaN, and only an infinity to itself.
 *
 * @param tolerance 0: the same bits, but for the sign of zero
 */
export function missesOf(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): Miss[] {
  const misses: Miss[] = [];
  const common = Math.min(actual.length, expected.length);
  for (let index = 0; index < max(actual.length, expected.length); index++) {
    const got = actual[index] ?? Number.NaN;
    const want = expected[index] ?? Number.NaN;
    const apart = abs(got - want);
    const near = apart < Number.POSITIVE_INFINITY && apart <= tolerance * max(1, abs(want));
    if (index >= common || !(near || Object.is(got, want)))
      misses.push({ index, expected: want, actual: got });
  }
  return misses;
}
