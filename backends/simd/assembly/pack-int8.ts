import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, FORMAT_I8 } from '../job-kinds';
import * as slots from '../slots/pack-int8';
import { address, integer, nextItem } from './job';
import { load1, load4 } from './pack';

/** The largest integer of a weight. */
const LARGEST: f32 = 127;

/** The bits of infinity; those of every finite magnitude are below. */
const INFINITY_BITS: i32 = 0x7f800000;

/** The scale of a row: its largest finite magnitude is `LARGEST` times it; 1 if there is none. */
// @ts-ignore: decorator
@inline
function scaleOf(row: usize, depth: i32, format: i32): f32 {
  const size: usize = format == FORMAT_F32 ? 4 : 2;
  const magnitude = i32x4.splat(0x7fffffff), infinity = i32x4.splat(INFINITY_BITS);
  let m = i32x4.splat(0);
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const bits = v128.and(load4(row, format), magnitude);
    m = i32x4.max_s(m, v128.and(bits, i32x4.lt_s(bits, infinity)));
    row += 4 * size;
  }
  const half = i32x4.max_s(m, v128.shuffle<i32>(m, m, 2, 3, 0, 1));
  let largest = reinterpret<f32>(max(i32x4.extract_lane(half, 0), i32x4.extract_lane(half, 1)));
  for (; k < depth; ++k) {
    const value = abs(load1(row, format));
    if (value > largest && value < Infinity) largest = value;
    row += size;
  }
  const scale = largest / LARGEST;
  return scale > 0 ? scale : 1;
}

/** Four values in units of a scale, to the nearest, halfway to the even neighbour; 0 where one is no number. */
// @ts-ignore: decorator
@inline
function units(v: v128, scale: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.div(v, scale)));
}

/** Eight integers as [4][2] into a lane of [pairs][16][2]; those of infinities are held at ±127. @returns them in 16 bits */
// @ts-ignore: decorator
@inline
function store8(lane: usize, low: v128, high: v128): v128 {
  const limit = i16x8.splat(127);
  const q = i16x8.max_s(i16x8.min_s(i16x8.narrow_i32x4_s(low, high), limit), i16x8.neg(limit));
  const bytes = i8x16.narrow_i16x8_s(q, q);
  v128.store16_lane(lane, bytes, 0);
  v128.store16_lane(lane, bytes, 1, 32);
  v128.store16_lane(lane, bytes, 2, 64);
  v128.store16_lane(lane, bytes, 3, 96);
  return q;
}

/** A row of floats, rounded, into its lane of a panel. @returns the sum of the integers' magnitudes */
// @ts-ignore: decorator
@inline
function roundRow(format: i32, row: usize, depth: i32, scale: f32, lane: usize): i32 {
  const size: usize = format == FORMAT_F32 ? 4 : 2;
  const s = f32x4.splat(scale);
  let sums = i32x4.splat(0);
  let k = 0;
  for (; k + 8 <= depth; k += 8) {
    const q = store8(lane, units(load4(row, format), s), units(load4(row + 4 * size, format), s));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.abs(q)));
    row += 8 * size;
    lane += 128;
  }
  const half = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  let sum = i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
  for (let i = 0; k < depth; ++k, ++i) {
    const value = i32x4.extract_lane(units(f32x4.splat(load1(row, format)), s), 0);
    const q = max(-127, min(127, value));
    store<i8>(lane + (<usize>(i >> 1) << 5) + <usize>(i & 1), <i8>q);
    sum += abs(q);
    row += size;
  }
  return sum;
}

/** A row of integers into its lane of a panel. @returns the sum of their magnitudes */
function copyRow(row: usize, depth: i32, lane: usize): i32 {
  let sum = 0;
  for (let k = 0; k < depth; ++k) {
    const q = <i32>load<i8>(row + <usize>k);
    store<i8>(lane + (<usize>(k >> 1) << 5) + <usize>(k & 1), <i8>q);
    sum += abs(q);
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function packFloats(format: i32, row: usize, depth: i32, scale: usize, lane: usize): i32 {
  const s = scaleOf(row, depth, format);
  store<f32>(scale, s);
  return roundRow(format, row, depth, s, lane);
}

/**
 * PACK_INT8: rows of a weight [N, K] into panels [⌈N/16⌉][⌈K/2⌉][16][2] of 8 bits, rounded row by row. An item is the rows of
 * a panel.
 */
export function packInt8(): void {
  const from = address(slots.rows), depth = integer(slots.K), to = address(slots.panels);
  const first = integer(slots.first), end = first + integer(slots.count), format = integer(slots.rowFormat);
  const scales = address(slots.scales), sums = address(slots.sums);
  const size: usize = format == FORMAT_F32 ? 4 : format == FORMAT_I8 ? 1 : 2;
  const panelBytes = <usize>((depth + 1) >> 1) << 5;
  const panels = (end + 15) >> 4;
  for (let p = (first >> 4) + nextItem(); p < panels; p = (first >> 4) + nextItem()) {
    for (let n = max(first, p << 4); n < min(end, (p + 1) << 4); ++n) {
      const row = from + <usize>(n - first) * <usize>depth * size;
      const lane = to + <usize>p * panelBytes + (<usize>(n & 15) << 1);
      const scale = scales + (<usize>n << 2);
      let sum = 0;
      if (format == FORMAT_F32) sum = packFloats(FORMAT_F32, row, depth, scale, lane);
      else if (format == FORMAT_F16) sum = packFloats(FORMAT_F16, row, depth, scale, lane);
      else if (format == FORMAT_BF16) sum = packFloats(FORMAT_BF16, row, depth, scale, lane);
      else sum = copyRow(row, depth, lane);
      store<i32>(sums + (<usize>n << 2), sum);
    }
  }
}
