import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, FORMAT_I8 } from '../job-kinds';
import * as slots from '../slots/pack-int8';
import { address, integer, nextItem } from './job';
import { load1 } from './pack';

/** The largest integer of a weight. */
const LARGEST: f32 = 127;

/** The scale of a row: its largest finite magnitude is `LARGEST` times it; 1 if there is none. */
// @ts-ignore: decorator
@inline
function scaleOf(row: usize, depth: i32, format: i32): f32 {
  const size: usize = format == FORMAT_F32 ? 4 : 2;
  let largest: f32 = 0;
  for (let k = 0; k < depth; ++k) {
    const magnitude = abs(load1(row, format));
    if (magnitude > largest && magnitude < Infinity) largest = magnitude;
    row += size;
  }
  const scale = largest / LARGEST;
  return scale > 0 ? scale : 1;
}

/** A value in units of a scale, to the nearest, halfway to the even neighbour; 0 if it is no number. */
// @ts-ignore: decorator
@inline
function integerOf(value: f32, scale: f32): i32 {
  const units = nearest(value / scale);
  if (units != units) return 0;
  return <i32>max(-LARGEST, min(LARGEST, units));
}

/** One row into its lane of a panel [pairs][16][2]. @returns the sum of the integers' magnitudes */
// @ts-ignore: decorator
@inline
function packRow(format: i32, row: usize, depth: i32, scale: f32, lane: usize): i32 {
  const size: usize = format == FORMAT_F32 ? 4 : format == FORMAT_I8 ? 1 : 2;
  let sum = 0;
  for (let k = 0; k < depth; ++k) {
    const q = format == FORMAT_I8 ? <i32>load<i8>(row) : integerOf(load1(row, format), scale);
    store<i8>(lane + (<usize>(k >> 1) << 5) + <usize>(k & 1), <i8>q);
    sum += abs(q);
    row += size;
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function packFrom(format: i32, row: usize, depth: i32, scales: usize, lane: usize): i32 {
  if (format != FORMAT_I8) store<f32>(scales, scaleOf(row, depth, format));
  return packRow(format, row, depth, load<f32>(scales), lane);
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
      if (format == FORMAT_F32) sum = packFrom(FORMAT_F32, row, depth, scale, lane);
      else if (format == FORMAT_F16) sum = packFrom(FORMAT_F16, row, depth, scale, lane);
      else if (format == FORMAT_BF16) sum = packFrom(FORMAT_BF16, row, depth, scale, lane);
      else sum = packFrom(FORMAT_I8, row, depth, scale, lane);
      store<i32>(sums + (<usize>n << 2), sum);
    }
  }
}
