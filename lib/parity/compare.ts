/** Comparing a tensor with its reference. */

/** How far a tensor is from its reference. */
export interface Comparison {
  name: string;
  /** largest absolute difference; NaN where one side is not a number and the other is */
  maxAbs: number;
  /** largest |a − b| / max(|b|, 1e-6): relative where the reference is not tiny */
  maxRel: number;
  /** cosine of the angle between the two as vectors; 1 if both are zero */
  cosine: number;
  /** flat index of the largest difference */
  worstIndex: number;
  /** largest absolute value of the reference */
  maxReference: number;
  pass: boolean;
}

/** Below this a reference value counts as this large when a difference is set in relation to it. */
const TINY = 1e-6;

/**
 * Compares values with a reference; they pass if max |a − b| ≤ atol · max(1, max |reference|).
 *
 * Values that are not numbers pass only where both sides have the same one.
 *
 * @param actual as many values as `reference`
 * @param atol the tolerance
 */
export function compareValues(
  name: string,
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  atol: number,
): Comparison {
  let maxAbs = 0;
  let maxRel = 0;
  let worstIndex = 0;
  let maxReference = 0;
  let dot = 0;
  let actualSquares = 0;
  let referenceSquares = 0;
  for (let i = 0; i < reference.length; i++) {
    const a = actual[i] ?? Number.NaN;
    const b = reference[i] ?? Number.NaN;
    const difference = Object.is(a, b) || a === b ? 0 : Math.abs(a - b);
    // a difference that is not a number is worse than any other, and stays
    if (!(difference <= maxAbs) && !Number.isNaN(maxAbs)) {
      maxAbs = difference;
      worstIndex = i;
    }
    const relative = difference / Math.max(Math.abs(b), TINY);
    if (!(relative <= maxRel) && !Number.isNaN(maxRel)) maxRel = relative;
    if (Math.abs(b) > maxReference) maxReference = Math.abs(b);
    dot += a * b;
    actualSquares += a * a;
    referenceSquares += b * b;
  }
  const lengths = Math.sqrt(actualSquares) * Math.sqrt(referenceSquares);
  const cosine = lengths === 0 ? (actualSquares === referenceSquares ? 1 : 0) : dot / lengths;
  const bound = atol * Math.max(1, Number.isFinite(maxReference) ? maxReference : 1);
  const pass = actual.length === reference.length && maxAbs <= bound;
  return { name, maxAbs, maxRel, cosine, worstIndex, maxReference, pass };
}
