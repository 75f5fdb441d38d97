import { TOUCHED } from '../control-block';
import { madd } from './madd';

/** Start the sums at the eight values at `init`. */
export const START: i32 = 0;
/** Add to what the strip holds. */
export const ACCUMULATE: i32 = 1;

/** Rows of a tile. */
const TILE: i32 = 4;

/**
 * The inner kernel of every product: C[rows, 8] = init + A[rows, depth] · B[depth, 8], for rows and depth of at least 1.
 *
 * A is read where it lies, row-major with `lda` bytes between rows; B is a panel [depth][8], small enough to stay in
 * the first-level cache while all rows pass by. A tile is 4 rows by 8 columns, two vectors wide: its 8 sums, two vectors of B
 * and one broadcast value of A leave room in the 16 vector registers of x86 for the separate product, where there is no fused
 * multiply-add; with it, tiles of 6 rows are a tenth slower on Zen 3.
 *
 * C is written for whole tiles, up to 3 rows beyond `rows`; those repeat the last row.
 *
 * The loop goes two steps of depth at a time, so that the second finds its addresses without additions. It can be left
 * between them, which takes odd depths, and keeps V8's compiler from loading the operands of both steps at once: it
 * would run out of registers (half the speed, measured in Node 20).
 *
 * WebAssembly has no prefetch. Instead, every tile reads a few cache lines of the panel that comes next, all misses
 * at once, so that it has arrived by the time it is wanted; what is read goes nowhere.
 *
 * @param next the panel part that comes next, of the same depth, or 0
 */
export function product(
  depth: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, ldc: usize, mode: i32, init: usize,
  next: usize = 0,
): void {
  const end = b + (<usize>depth << 5);
  const lastStep = end - 32;
  const last = a + <usize>(rows - 1) * lda;
  const lines = next ? ((depth >> 1) * TILE + rows - 1) / rows : 0;
  let touched = 0;
  for (let r = 0; r < rows; r += TILE) {
    for (let line = lines; line > 0; --line) {
      touched |= load<i32>(next);
      next += 64;
    }
    let a0 = a;
    let a1 = min(a0 + lda, last), a2 = min(a1 + lda, last), a3 = min(a2 + lda, last);
    let p = b;
    let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    if (mode == START) {
      const i0 = v128.load(init), i1 = v128.load(init, 16);
      c00 = i0; c01 = i1; c10 = i0; c11 = i1; c20 = i0; c21 = i1; c30 = i0; c31 = i1;
    }
    // a step: 2 loads of B, then for each row one broadcast of A and two multiply-adds
    while (true) {
      let b0 = v128.load(p), b1 = v128.load(p, 16);
      let v = v128.load32_splat(a0); c00 = madd(v, b0, c00); c01 = madd(v, b1, c01);
      v = v128.load32_splat(a1); c10 = madd(v, b0, c10); c11 = madd(v, b1, c11);
      v = v128.load32_splat(a2); c20 = madd(v, b0, c20); c21 = madd(v, b1, c21);
      v = v128.load32_splat(a3); c30 = madd(v, b0, c30); c31 = madd(v, b1, c31);
      if (p == lastStep) break;
      b0 = v128.load(p, 32); b1 = v128.load(p, 48);
      v = v128.load32_splat(a0, 4); c00 = madd(v, b0, c00); c01 = madd(v, b1, c01);
      v = v128.load32_splat(a1, 4); c10 = madd(v, b0, c10); c11 = madd(v, b1, c11);
      v = v128.load32_splat(a2, 4); c20 = madd(v, b0, c20); c21 = madd(v, b1, c21);
      v = v128.load32_splat(a3, 4); c30 = madd(v, b0, c30); c31 = madd(v, b1, c31);
      p += 64;
      if (p == end) break;
      a0 += 8; a1 += 8; a2 += 8; a3 += 8;
    }
    storeRow(c, c00, c01, mode); c += ldc;
    storeRow(c, c10, c11, mode); c += ldc;
    storeRow(c, c20, c21, mode); c += ldc;
    storeRow(c, c30, c31, mode); c += ldc;
    a += lda * TILE;
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
