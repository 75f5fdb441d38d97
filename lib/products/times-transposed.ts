/** Products of all rows of two matrices in float64. */

/**
 * a · bᵀ. Eight products are summed at once, so that each value read serves several of them.
 *
 * @param a [m, k]
 * @param b [n, k]
 * @returns [m, n]
 */
export function timesTransposed(a: Float64Array, b: Float64Array, k: number): Float64Array {
  const m = a.length / k;
  const n = b.length / k;
  const c = new Float64Array(m * n);
  const block = new Float64Array(8);
  for (let i = 0; i < m; i += 4) {
    // rows past the end are the last one again
    const a0 = i * k;
    const a1 = Math.min(i + 1, m - 1) * k;
    const a2 = Math.min(i + 2, m - 1) * k;
    const a3 = Math.min(i + 3, m - 1) * k;
    for (let j = 0; j < n; j += 2) {
      const b0 = j * k;
      const b1 = Math.min(j + 1, n - 1) * k;
      let c00 = 0;
      let c01 = 0;
      let c10 = 0;
      let c11 = 0;
      let c20 = 0;
      let c21 = 0;
      let c30 = 0;
      let c31 = 0;
      for (let p = 0; p < k; p++) {
        const x = b[b0 + p]!;
        const y = b[b1 + p]!;
        c00 += a[a0 + p]! * x;
        c01 += a[a0 + p]! * y;
        c10 += a[a1 + p]! * x;
        c11 += a[a1 + p]! * y;
        c20 += a[a2 + p]! * x;
        c21 += a[a2 + p]! * y;
        c30 += a[a3 + p]! * x;
        c31 += a[a3 + p]! * y;
      }
      block[0] = c00;
      block[1] = c01;
      block[2] = c10;
      block[3] = c11;
      block[4] = c20;
      block[5] = c21;
      block[6] = c30;
      block[7] = c31;
      for (let r = 0; r < Math.min(4, m - i); r++) {
        for (let s = 0; s < Math.min(2, n - j); s++) c[(i + r) * n + j + s] = block[r * 2 + s]!;
      }
    }
  }
  return c;
}
