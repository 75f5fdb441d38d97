/** What the kernels of `assembly/index.ts` compute. */

/** Products of rows; arguments are places of values in the memory, in bytes, and counts. */
export interface Kernels {
  /** y = X v; `n` divides by 4, `d` by 2 */
  project(x: number, n: number, d: number, v: number, y: number): void;
  /** w += Xᵀ y; `n` divides by 4, `d` by 2 */
  accumulate(x: number, n: number, d: number, y: number, w: number): void;
  /** w += Xᵀ (X v − shift); `n` divides by 4, `d` by 2; y is [4] to work in */
  normal(x: number, n: number, d: number, v: number, shift: number, y: number, w: number): void;
  /** y = squared distances of rows from v; `d` divides by 2 */
  distances(x: number, n: number, d: number, v: number, y: number): void;
  /** C += (X − v)ᵀ (X − v) on the diagonal and below it; `d` divides by 4; z is [n, d] to work in */
  moments(x: number, n: number, d: number, v: number, z: number, c: number): void;
}
