import { SPLIT_OFFSET } from '../job-kinds';
import * as slots from '../slots/quantise-rows';
import { address, float, integer, nextItem } from './job';

/** Rows of an item. */
const ROWS: i32 = 8;

/** Added to a float below 2^22, leaves it rounded to the nearest whole number in the low bits of the sum: 1.5 · 2^23. */
const MAGIC: f32 = 12582912;

/** What is smaller is zero beside any bias. */
const SMALLEST: f32 = 1e-30;

/**
 * The bits of the largest magnitude of four lanes and of what follows in a row. Magnitudes of floats are in the order of their
 * bits, infinity above all numbers and what is no number above that.
 */
// @ts-ignore: decorator
@inline
function largestBits(row: usize, width: i32): i32 {
  const end = row + (<usize>(width & ~3) << 2);
  const magnitude = i32x4.splat(0x7fffffff);
  let m = i32x4.splat(0);
  let at = row;
  for (; at < end; at += 16) m = i32x4.max_s(m, v128.and(v128.load(at), magnitude));
  for (let i = width & 3; i > 0; --i) {
    m = i32x4.max_s(m, v128.and(v128.load32_zero(at), magnitude));
    at += 4;
  }
  const half = i32x4.max_s(m, v128.shuffle<i32>(m, m, 2, 3, 0, 1));
  return max(i32x4.extract_lane(half, 0), i32x4.extract_lane(half, 1));
}

// two roundings in every build, so that all have the same integers
// @ts-ignore: decorator
@inline
function rounded(v: v128, factor: v128, magic: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(v, factor), magic), magic);
}

/** Eight integers of 14 bits as [2][upper 4, lower 4] of 7 bits, `SPLIT_OFFSET` added before. */
// @ts-ignore: decorator
@inline
function split(v: v128): v128 {
  const unsigned = i16x8.add(v, i16x8.splat(<i16>SPLIT_OFFSET));
  const parts = i8x16.narrow_i16x8_u(i16x8.shr_u(unsigned, 7), v128.and(unsigned, i16x8.splat(127)));
  return v128.shuffle<i32>(parts, parts, 0, 2, 1, 3);
}

/**
 * QUANTISE_ROWS: rows of floats to 16-bit integers, the largest magnitude of each row becoming `largest`, and the scale by
 * which the integers are multiplied to have them back. An item is 8 rows.
 *
 * Where the product takes 7 bits at a time, integers are of 14 bits and split in two.
 *
 * A row with infinity, or with what is no number, gets such a scale, and so do all sums with it.
 */
export function quantiseRows(): void {
  const x = address(slots.x), rows = integer(slots.rows), width = integer(slots.width);
  const y = address(slots.y), rowOfY = address(slots.rowOfY), scales = address(slots.scales);
  const largest = float(slots.largest), isSplit = integer(slots.isSplit) != 0;
  const magic = f32x4.splat(MAGIC);
  for (let first = nextItem() * ROWS; first < rows; first = nextItem() * ROWS) {
    const last = min(first + ROWS, rows);
    for (let r = first; r < last; ++r) {
      let from = x + <usize>r * (<usize>width << 2);
      const top = reinterpret<f32>(largestBits(from, width));
      // a row as good as zero, whose factor would be no finite number
      const isZero = top < SMALLEST;
      store<f32>(scales + (<usize>r << 2), isZero ? 0 : top / largest);
      const factor = f32x4.splat(isZero ? 0 : largest / top);
      let to = y + <usize>r * rowOfY;
      const end = to + (<usize>(width & ~7) << 1);
      while (to < end) {
        const low = rounded(v128.load(from), factor, magic), high = rounded(v128.load(from, 16), factor, magic);
        const q = i16x8.narrow_i32x4_s(low, high);
        v128.store(to, isSplit ? split(q) : q);
        from += 32;
        to += 16;
      }
      if (width & 7) {
        v128.store(end, i16x8.splat(0));
        for (let i = width & 7; i > 0; --i) {
          const v = rounded(v128.load32_splat(from), factor, magic);
          v128.store16_lane(to, i16x8.narrow_i32x4_s(v, v), 0);
          from += 4;
          to += 2;
        }
        if (isSplit) v128.store(end, split(v128.load(end)));
      }
    }
  }
}
