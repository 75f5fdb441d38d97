import { ACCUMULATE, START } from './strip';

/**
 * The inner kernel of products with weights of 8 bits: C[rows, 16] = A[rows, 2·pairs] · B[2·pairs, 16] in whole numbers, A and
 * B in 16 bits, C in 32.
 *
 * A is read where it lies, row-major with `lda` bytes between rows; B is [pairs][16][2], small enough to stay in the
 * first-level cache while all rows pass by. A tile is 2 rows by 16 columns: 8 sums, four vectors of B, a pair of A in every
 * lane and one product are 14 of the 16 vector registers of x86. `dot_i16x8_s` makes eight products and adds them in pairs:
 * with the addition to the sum, two instructions for 8 multiply-adds, where float32 takes four, or two with fused ones.
 *
 * C is written for whole tiles, up to one row beyond `rows`, which repeats the last.
 */
export function stripInt16(pairs: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, mode: i32): void {
  const end = b + (<usize>pairs << 6);
  for (let r = 0; r < rows; r += 2) {
    let a0 = a;
    let a1 = r + 1 < rows ? a + lda : a;
    let p = b;
    let c00 = i32x4.splat(0), c01 = c00, c02 = c00, c03 = c00, c10 = c00, c11 = c00, c12 = c00, c13 = c00;
    do {
      const b0 = v128.load(p), b1 = v128.load(p, 16), b2 = v128.load(p, 32), b3 = v128.load(p, 48);
      let v = v128.load32_splat(a0);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(v, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(v, b1));
      c02 = i32x4.add(c02, i32x4.dot_i16x8_s(v, b2));
      c03 = i32x4.add(c03, i32x4.dot_i16x8_s(v, b3));
      v = v128.load32_splat(a1);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(v, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(v, b1));
      c12 = i32x4.add(c12, i32x4.dot_i16x8_s(v, b2));
      c13 = i32x4.add(c13, i32x4.dot_i16x8_s(v, b3));
      p += 64;
      a0 += 4;
      a1 += 4;
    } while (p != end);
    storeRow(c, c00, c01, c02, c03, mode);
    storeRow(c + 64, c10, c11, c12, c13, mode);
    c += 128;
    a += lda << 1;
  }
}

/**
 * The same with A split: C[rows, 16] = init + A[rows, 4·quads] · B[4·quads, 16], A as [quads][upper 4, lower 4] of 7 bits, B as
 * [quads][16][4] of 8.
 *
 * `relaxed_dot_i8x16_i7x16_add_s` makes sixteen products and adds them by fours to a sum: one instruction on processors with
 * VNNI or ARM's dot product, three on others. With one operand of 7 bits without a sign, no engine may give another result. A
 * tile is 1 row by 16 columns: 4 sums of upper and 4 of lower parts, four vectors of B and two broadcast ones of A.
 */
export function stripSplit(
  quads: i32, rows: i32, a: usize, lda: usize, b: usize, c: usize, mode: i32, init: usize,
): void {
  const end = b + (<usize>quads << 6);
  for (let r = 0; r < rows; ++r) {
    let from = a;
    let p = b;
    let u0 = i32x4.splat(0), u1 = u0, u2 = u0, u3 = u0, l0 = u0, l1 = u0, l2 = u0, l3 = u0;
    if (mode == START) {
      l0 = v128.load(init);
      l1 = v128.load(init, 16);
      l2 = v128.load(init, 32);
      l3 = v128.load(init, 48);
    }
    do {
      const b0 = v128.load(p), b1 = v128.load(p, 16), b2 = v128.load(p, 32), b3 = v128.load(p, 48);
      const upper = v128.load32_splat(from), lower = v128.load32_splat(from, 4);
      u0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b0, upper, u0);
      l0 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b0, lower, l0);
      u1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b1, upper, u1);
      l1 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b1, lower, l1);
      u2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b2, upper, u2);
      l2 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b2, lower, l2);
      u3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b3, upper, u3);
      l3 = i32x4.relaxed_dot_i8x16_i7x16_add_s(b3, lower, l3);
      p += 64;
      from += 8;
    } while (p != end);
    storeRow(c, joined(u0, l0), joined(u1, l1), joined(u2, l2), joined(u3, l3), mode);
    c += 64;
    a += lda;
  }
}

/** Sums of upper parts, of which each counts 128 times, and of lower ones. */
// @ts-ignore: decorator
@inline
function joined(upper: v128, lower: v128): v128 {
  return i32x4.add(i32x4.shl(upper, 7), lower);
}

// @ts-ignore: decorator
@inline
function storeRow(c: usize, v0: v128, v1: v128, v2: v128, v3: v128, mode: i32): void {
  if (mode == ACCUMULATE) {
    v0 = i32x4.add(v128.load(c), v0);
    v1 = i32x4.add(v128.load(c, 16), v1);
    v2 = i32x4.add(v128.load(c, 32), v2);
    v3 = i32x4.add(v128.load(c, 48), v3);
  }
  v128.store(c, v0);
  v128.store(c, v1, 16);
  v128.store(c, v2, 32);
  v128.store(c, v3, 48);
}
