import { FORMAT_F16, FORMAT_F32 } from '../job-kinds';
import * as slots from '../slots/transpose-panels';
import { fromBfloat16, fromFloat16 } from './half';
import { address, integer, nextItem } from './job';
import { storeTransposed } from './transpose';

/** Four values of a panel in any format, as floats; zeros for an input that there is not. */
// @ts-ignore: decorator
@inline
function four(format: i32, at: usize, exists: bool): v128 {
  if (!exists) return f32x4.splat(0);
  if (format == FORMAT_F32) return v128.load(at);
  const halves = v128.load64_zero(at);
  return format == FORMAT_F16 ? fromFloat16(halves) : fromBfloat16(halves);
}

/** Panels of an item: what it reads of a panel lies in one piece. */
const PANELS: i32 = 4;

/** TRANSPOSE_PANELS: [⌈N/8⌉][K][8] in any format → [⌈K/8⌉][N][8] in float32. An item is four panels of the result. */
export function transposePanels(): void {
  const from = address(slots.panels), format = integer(slots.format), K = integer(slots.K), N = integer(slots.N);
  const to = address(slots.to);
  const panels = (K + 7) >> 3;
  for (let first = nextItem() * PANELS; first < panels; first = nextItem() * PANELS) {
    const last = min(first + PANELS, panels);
    if (format == FORMAT_F32) columns(FORMAT_F32, from, first, last, K, N, to);
    else if (format == FORMAT_F16) columns(FORMAT_F16, from, first, last, K, N, to);
    else columns(format, from, first, last, K, N, to);
  }
}

// @ts-ignore: decorator
@inline
function columns(format: i32, from: usize, first: i32, last: i32, K: i32, N: i32, to: usize): void {
  const valueShift: usize = format == FORMAT_F32 ? 2 : 1;
  for (let n = 0; n < N; n += 8) {
    const panel = from + (<usize>(n >> 3) * <usize>K << valueShift + 3);
    for (let p = first; p < last; ++p) {
      const s = panel + (<usize>p << valueShift + 6);
      block(format, s, K - (p << 3), N - n, to + (<usize>p * <usize>N + <usize>n << 5));
    }
  }
}

// 8 inputs × 8 outputs, four by four, of which there may be fewer
// @ts-ignore: decorator
@inline
function block(format: i32, from: usize, inputs: i32, outputs: i32, to: usize): void {
  const value: usize = format == FORMAT_F32 ? 4 : 2;
  const row = value << 3;
  for (let half = 0; half < 8; half += 4) {
    const s = from + <usize>half * row;
    const left = inputs - half;
    for (let n = 0; n < min(8, outputs); n += 4) {
      const at = s + <usize>n * value;
      const r0 = four(format, at, left > 0), r1 = four(format, at + row, left > 1);
      const r2 = four(format, at + 2 * row, left > 2), r3 = four(format, at + 3 * row, left > 3);
      const d = to + (<usize>n << 5) + (<usize>half << 2);
      if (n + 4 <= outputs) storeTransposed(d, 32, r0, r1, r2, r3);
      else storeSome(d, outputs - n, r0, r1, r2, r3);
    }
  }
}

/** The first one to three rows of four transposed ones. */
function storeSome(to: usize, count: i32, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  v128.store(to, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  if (count > 1) v128.store(to, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7), 32);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  if (count > 2) v128.store(to, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5), 64);
}
