/** What the kernels of `assembly/index.ts` compute. */

/** Products of rows; arguments are places of values in the memory, in bytes, and counts, `n` and `d` of which divide by 4. */
export interface Kernels {
  /** y = X v */
  project(x: number, n: number, d: number, v: number, y: number): void;
  /** w += Xᵀ y */
  accumulate(x: number, n: number, d: number, y: number, w: number): void;
  /** w += Xᵀ (X v − shift); y is [4] to work in */
  normal(x: number, n: number, d: number, v: number, shift: number, y: number, w: number): void;
  /** X −= m from each row, in place; `n` is any */
  centre(x: number, n: number, d: number, m: number): void;
  /** w += XᵀX v, where only w is float64; y is [8] and s [d] to work in */
  roughNormal(x: number, n: number, d: number, v: number, y: number, s: number, w: number): void;
  /** y = squared distances of rows from v */
  distances(x: number, n: number, d: number, v: number, y: number): void;
  /** v −= Bᵀ B v, where B is [n, d] float64; y is [n] to work in */
  orthogonalise(b: number, n: number, d: number, v: number, y: number): void;
  /** S = X Wᵀ, where W is [k, d] float64 and k even */
  scores(x: number, n: number, d: number, w: number, k: number, s: number): void;
  /** G += Sᵀ X, where S is [n, k] float64 and k even */
  addProducts(x: number, n: number, d: number, s: number, k: number, g: number): void;
  /** C += ZᵀZ on the diagonal and below it, where Z is [d / 4, n, 4] float64, four columns of all rows after four; `n` is any */
  gram(z: number, n: number, d: number, c: number): void;
}

/** A number of rows or columns, rounded up to what kernels take: the rest is zeros. */
export function multipleOf4(count: number): number {
  return Math.ceil(count / 4) * 4;
}
