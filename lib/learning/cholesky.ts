/** Symmetric positive definite matrices in float64. */

/**
 * The lower triangle L of A = L · Lᵀ, in place of A.
 *
 * @param a [n, n]; the upper triangle is left as it is
 */
export function factorise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let p = 0; p < j; p++) sum -= a[i * n + p]! * a[j * n + p]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
}

/**
 * Solves L · Lᵀ · x = b, in place of b.
 *
 * @param l what `factorise` gives
 * @param b [n]
 */
export function solveFactorised(l: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    let sum = b[i]!;
    for (let p = 0; p < i; p++) sum -= l[i * n + p]! * b[p]!;
    b[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const solved = b[i]! / l[i * n + i]!;
    b[i] = solved;
    for (let p = 0; p < i; p++) b[p] = b[p]! - l[i * n + p]! * solved;
  }
}
