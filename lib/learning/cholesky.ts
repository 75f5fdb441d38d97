/** Symmetric positive definite matrices in float64. */

/**
 * The lower triangle L of A = L · Lᵀ, in place of A.
 *
 * @param a [n, n]; the upper triangle is left as it is
 */
export function factorise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const left = a[i * n + j]! - dotOf(a, i * n, a, j * n, j);
      a[i * n + j] = i === j ? Math.sqrt(left) : left / a[j * n + j]!;
    }
  }
}

/**
 * Solves L · Lᵀ · x = b for several b, in their place: each row of L is read once for all of them.
 *
 * @param l what `factorise` gives
 * @param b [k, n]
 */
export function solveFactorised(l: Float64Array, b: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let at = 0; at < b.length; at += n) {
      b[at + i] = (b[at + i]! - dotOf(l, i * n, b, at, i)) / l[i * n + i]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let at = 0; at < b.length; at += n) {
      const solved = b[at + i]! / l[i * n + i]!;
      b[at + i] = solved;
      for (let p = 0; p < i; p++) b[at + p] = b[at + p]! - l[i * n + p]! * solved;
    }
  }
}

/** The sum of products of values from two places on, as four sums side by side, of which none waits for another. */
function dotOf(a: Float64Array, atA: number, b: Float64Array, atB: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let p = 0;
  for (; p + 3 < count; p += 4) {
    s0 += a[atA + p]! * b[atB + p]!;
    s1 += a[atA + p + 1]! * b[atB + p + 1]!;
    s2 += a[atA + p + 2]! * b[atB + p + 2]!;
    s3 += a[atA + p + 3]! * b[atB + p + 3]!;
  }
  for (; p < count; p++) s0 += a[atA + p]! * b[atB + p]!;
  return s0 + s1 + (s2 + s3);
}
