/** What a covariance does to a vector, roughly: in float32, which has twice the lanes and needs no widening. */

/** Sums in float32 are of so many rows; those of all rows are in float64. */
const BLOCK: i32 = 64;

// @ts-ignore: decorator
@inline
function plus(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(a, f32x4.mul(b, c));
}

/** The sums of the lanes of four: of each (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, e: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const ce = f32x4.add(v128.shuffle<f32>(c, e, 0, 4, 1, 5), v128.shuffle<f32>(c, e, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, ce, 0, 1, 4, 5), v128.shuffle<f32>(ab, ce, 2, 3, 6, 7));
}

/**
 * w += XᵀX v, eight rows at a time, while they are in the first cache.
 *
 * Of the last rows fewer than eight may be there: those behind them are read as well, and nothing comes of it.
 *
 * @param x [n, d] float32
 * @param v [d] float32
 * @param y [8] float32, to work in
 * @param s [d] float32, to work in
 * @param w [d] float64
 */
export function roughNormal(
  x: usize,
  n: i32,
  d: i32,
  v: usize,
  y: usize,
  s: usize,
  w: usize,
): void {
  const row = <usize>d << 2;
  for (let start = 0; start < n; start += BLOCK) {
    memory.fill(s, 0, row);
    const end = min(start + BLOCK, n);
    for (let i = start; i < end; i += 8) {
      project(x, row, v, y);
      accumulate(x, row, y, s);
      x += 4 * row;
      if (i + 4 >= end) break;
      accumulate(x, row, y + 16, s);
      x += 4 * row;
    }
    for (let j: usize = 0; j < row; j += 8) {
      const to = w + 2 * j;
      v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(v128.load64_zero(s + j))));
    }
  }
}

/** y = X v for eight rows. */
function project(x: usize, row: usize, v: usize, y: usize): void {
  const x1 = x + row;
  const x2 = x1 + row;
  const x3 = x2 + row;
  const x4 = x3 + row;
  const x5 = x4 + row;
  const x6 = x5 + row;
  const x7 = x6 + row;
  let y0 = f32x4.splat(0);
  let y1 = y0;
  let y2 = y0;
  let y3 = y0;
  let y4 = y0;
  let y5 = y0;
  let y6 = y0;
  let y7 = y0;
  for (let j: usize = 0; j < row; j += 16) {
    const a = v128.load(v + j);
    y0 = plus(y0, a, v128.load(x + j));
    y1 = plus(y1, a, v128.load(x1 + j));
    y2 = plus(y2, a, v128.load(x2 + j));
    y3 = plus(y3, a, v128.load(x3 + j));
    y4 = plus(y4, a, v128.load(x4 + j));
    y5 = plus(y5, a, v128.load(x5 + j));
    y6 = plus(y6, a, v128.load(x6 + j));
    y7 = plus(y7, a, v128.load(x7 + j));
  }
  v128.store(y, sums(y0, y1, y2, y3));
  v128.store(y, sums(y4, y5, y6, y7), 16);
}

/** s += Xᵀ y for four rows. */
function accumulate(x: usize, row: usize, y: usize, s: usize): void {
  const x1 = x + row;
  const x2 = x1 + row;
  const x3 = x2 + row;
  const y0 = v128.load32_splat(y);
  const y1 = v128.load32_splat(y, 4);
  const y2 = v128.load32_splat(y, 8);
  const y3 = v128.load32_splat(y, 12);
  for (let j: usize = 0; j < row; j += 16) {
    let a = v128.load(s + j);
    a = plus(a, y0, v128.load(x + j));
    a = plus(a, y1, v128.load(x1 + j));
    a = plus(a, y2, v128.load(x2 + j));
    a = plus(a, y3, v128.load(x3 + j));
    v128.store(s + j, a);
  }
}
