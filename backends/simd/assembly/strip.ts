import { TOUCHED } from '../control-block';
import { madd } from './madd';

/** Start the sums at the eight values at `init`. */
export const START: i32 = 0;
/** Add to what the strip holds. */
export const ACCUMULATE: i32 = 1;

/**
 * The inner kernel of every product: C[rows, 8] = init + A[rows, depth] · B[depth, 8], for rows and depth of at least 1.
 *
 * A is read where it lies, row-major with `lda` bytes between rows; B is a panel [depth][8], small enough to stay in
 * the first-level cache while all rows pass by. A tile is `tile` rows by 8 columns, two vectors wide: its 2·tile
 * sums, two vectors of B and one broadcast value of A fill the 16 vector registers of x86 with tile = 6 and one
 * fused multiply-add, and leave room for the separate product with tile = 4.
 *
 * C is written for whole tiles, up to tile − 1 rows beyond `rows`; those repeat the last row.
 * `tile` is a constant at every call, so that the branches on it vanish.
 *
 * The loop goes two steps of depth at a time, so that the second finds its addresses without additions. It can be left
 * between them, which takes odd depths, and keeps V8's compiler from loading the operands of both steps at once: it
 * would run out of registers (half the speed, measured in Node 20).
 *
 * WebAssembly has no prefetch. Instead, every tile reads a few cache lines of the panel that comes next, all misses
 * at once, so that it has arrived by the time it is wanted; what is read goes nowhere.
 */
// @ts-ignore: decorator
@inline
function strip(
  tile: i32, depth: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize, mode: i32, init: usize,
  next: usize,
): void {
  const end = b + (<usize>depth << 5);
  const lastStep = end - 32;
  const last = a + <usize>(rows - 1) * lda;
  const lines = next ? ((depth >> 1) * tile + rows - 1) / rows : 0;
  let touched = 0;
  for (let r = 0; r < rows; r += tile) {
    for (let line = lines; line > 0; --line) {
      touched |= load<i32>(next);
      next += 64;
    }
    let a0 = a;
    let a1 = min(a0 + lda, last), a2 = min(a1 + lda, last), a3 = min(a2 + lda, last);
    let a4 = a3, a5 = a3;
    if (tile > 4) { a4 = min(a3 + lda, last); a5 = min(a4 + lda, last); }
    let p = b;
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    let c40 = c00, c41 = c00, c50 = c00, c51 = c00;
    if (mode == START) {
      const i0 = v128.load(init), i1 = v128.load(init, 16);
      c00 = i0; c01 = i1; c10 = i0; c11 = i1; c20 = i0; c21 = i1; c30 = i0; c31 = i1;
      if (tile > 4) { c40 = i0; c41 = i1; c50 = i0; c51 = i1; }
    }
    // a step: 2 loads of B, then for each row one broadcast of A and two multiply-adds
    while (true) {
      let b0 = v128.load(p), b1 = v128.load(p, 16);
      let v = v128.load32_splat(a0); c00 = madd(v, b0, c00); c01 = madd(v, b1, c01);
      v = v128.load32_splat(a1); c10 = madd(v, b0, c10); c11 = madd(v, b1, c11);
      v = v128.load32_splat(a2); c20 = madd(v, b0, c20); c21 = madd(v, b1, c21);
      v = v128.load32_splat(a3); c30 = madd(v, b0, c30); c31 = madd(v, b1, c31);
      if (tile > 4) {
        v = v128.load32_splat(a4); c40 = madd(v, b0, c40); c41 = madd(v, b1, c41);
        v = v128.load32_splat(a5); c50 = madd(v, b0, c50); c51 = madd(v, b1, c51);
      }
      if (p == lastStep) break;
      b0 = v128.load(p, 32); b1 = v128.load(p, 48);
      v = v128.load32_splat(a0, 4); c00 = madd(v, b0, c00); c01 = madd(v, b1, c01);
      v = v128.load32_splat(a1, 4); c10 = madd(v, b0, c10); c11 = madd(v, b1, c11);
      v = v128.load32_splat(a2, 4); c20 = madd(v, b0, c20); c21 = madd(v, b1, c21);
      v = v128.load32_splat(a3, 4); c30 = madd(v, b0, c30); c31 = madd(v, b1, c31);
      if (tile > 4) {
        v = v128.load32_splat(a4, 4); c40 = madd(v, b0, c40); c41 = madd(v, b1, c41);
        v = v128.load32_splat(a5, 4); c50 = madd(v, b0, c50); c51 = madd(v, b1, c51);
      }
      p += 64;
      if (p == end) break;
      a0 += 8; a1 += 8; a2 += 8; a3 += 8;
      if (tile > 4) { a4 += 8; a5 += 8; }
    }
    storeRow(c, c00, c01, mode); c += ldc;
    storeRow(c, c10, c11, mode); c += ldc;
    storeRow(c, c20, c21, mode); c += ldc;
    storeRow(c, c30, c31, mode); c += ldc;
    if (tile > 4) {
      storeRow(c, c40, c41, mode); c += ldc;
      storeRow(c, c50, c51, mode); c += ldc;
    }
    a += lda * <usize>tile;
  }
  if (lines > 0) store<i32>(TOUCHED, touched);
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, v0: v128, v1: v128, mode: i32): void {
  if (mode == ACCUMULATE) {
    v0 = f32x4.add(v128.load(c), v0);
    v1 = f32x4.add(v128.load(c, 16), v1);
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
}

/** `strip` in tiles of 4 rows. */
function strip4(
  depth: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize, mode: i32, init: usize, next: usize,
): void {
  strip(4, depth, rows, a, lda, b, c, ldc, mode, init, next);
}

/** `strip` in tiles of 6 rows. */
function strip6(
  depth: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize, mode: i32, init: usize, next: usize,
): void {
  strip(6, depth, rows, a, lda, b, c, ldc, mode, init, next);
}

/**
 * `strip` in the tile of this build: 6 rows with relaxed SIMD, 4 without.
 *
 * @param next the panel part that comes next, of the same depth, or 0
 */
// @ts-ignore: decorator
@inline
export function product(
  depth: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize, mode: i32, init: usize,
  next: usize = 0,
): void {
  if (ASC_FEATURE_RELAXED_SIMD) strip6(depth, rows, a, lda, b, c, ldc, mode, init, next);
  else strip4(depth, rows, a, lda, b, c, ldc, mode, init, next);
}
