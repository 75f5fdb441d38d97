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

/** Eight integers as [2][4] into a lane of [quads][16][4]; those of infinities are held at ±127. @returns them in 16 bits */
// @ts-ignore: decorator
@inline
function store8(lane: usize, low: v128, high: v128): v128 {
  const limit = i16x8.splat(127);
  const q = i16x8.max_s(i16x8.min_s(i16x8.narrow_i32x4_s(low, high), limit), i16x8.neg(limit));
  const bytes = i8x16.narrow_i16x8_s(q, q);
  v128.store32_lane(lane, bytes, 0);
  v128.store32_lane(lane, bytes, 1, 64);
  return q;
}

/** Integer k of a row, of 8 bits, in its lane. */
// @ts-ignore: decorator
@inline
function place(lane: usize, k: i32): usize {
  return lane + (<usize>(k >> 2) << 6) + <usize>(k & 3);
}

// @ts-ignore: decorator
@inline
function sumOfLanes(v: v128): i32 {
  const half = i32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return i32x4.extract_lane(half, 0) + i32x4.extract_lane(half, 1);
}

/** A row of floats, rounded, into its lane of a panel, and the sums of its integers and of their magnitudes. */
// @ts-ignore: decorator
@inline
function roundRow(format: i32, row: usize, depth: i32, scale: f32, lane: usize, sum: usize, magnitude: usize): void {
  const size: usize = format == FORMAT_F32 ? 4 : 2;
  const s = f32x4.splat(scale);
  let sums = i32x4.splat(0), magnitudes = sums;
  let k = 0;
  for (; k + 8 <= depth; k += 8) {
    const q = store8(place(lane, k), units(load4(row, format), s), units(load4(row + 4 * size, format), s));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(q));
    magnitudes = i32x4.add(magnitudes, i32x4.extadd_pairwise_i16x8_s(i16x8.abs(q)));
    row += 8 * size;
  }
  let all = sumOfLanes(sums), most = sumOfLanes(magnitudes);
  for (; k < depth; ++k) {
    const q = max(-127, min(127, i32x4.extract_lane(units(f32x4.splat(load1(row, format)), s), 0)));
    store<i8>(place(lane, k), <i8>q);
    all += q;
    most += abs(q);
    row += size;
  }
  store<i32>(sum, all);
  store<i32>(magnitude, most);
}

/** A row of integers into its lane of a panel, and the same sums. */
function copyRow(row: usize, depth: i32, lane: usize, sum: usize, magnitude: usize): void {
  let all = 0, most = 0;
  for (let k = 0; k < depth; ++k) {
    const q = <i32>load<i8>(row + <usize>k);
    store<i8>(place(lane, k), <i8>q);
    all += q;
    most += abs(q);
  }
  store<i32>(sum, all);
  store<i32>(magnitude, most);
}

// @ts-ignore: decorator
@inline
function packFloats(
  format: i32, row: usize, depth: i32, scale: usize, lane: usize, sum: usize, magnitude: usize,
): void {
  const s = scaleOf(row, depth, format);
  store<f32>(scale, s);
  roundRow(format, row, depth, s, lane, sum, magnitude);
}

/**
 * PACK_INT8: rows of a weight [N, K] into panels [⌈N/16⌉][⌈K/4⌉][16][4] of 8 bits, rounded row by row. An item is the rows of
 * a panel.
 */
export function packInt8(): void {
  const from = address(slots.rows), depth = integer(slots.K), to = address(slots.panels);
  const first = integer(slots.first), end = first + integer(slots.count), format = integer(slots.rowFormat);
  const scales = address(slots.scales), sums = address(slots.sums), magnitudes = address(slots.magnitudes);
  const size: usize = format == FORMAT_F32 ? 4 : format == FORMAT_I8 ? 1 : 2;
  const panelBytes = <usize>((depth + 3) >> 2) << 6;
  const panels = (end + 15) >> 4;
  for (let p = (first >> 4) + nextItem(); p < panels; p = (first >> 4) + nextItem()) {
    for (let n = max(first, p << 4); n < min(end, (p + 1) << 4); ++n) {
      const row = from + <usize>(n - first) * <usize>depth * size;
      const lane = to + <usize>p * panelBytes + (<usize>(n & 15) << 2);
      const offset = <usize>n << 2;
      const scale = scales + offset, sum = sums + offset, most = magnitudes + offset;
      if (format == FORMAT_F32) packFloats(FORMAT_F32, row, depth, scale, lane, sum, most);
      else if (format == FORMAT_F16) packFloats(FORMAT_F16, row, depth, scale, lane, sum, most);
      else if (format == FORMAT_BF16) packFloats(FORMAT_BF16, row, depth, scale, lane, sum, most);
      else copyRow(row, depth, lane, sum, most);
    }
  }
}
