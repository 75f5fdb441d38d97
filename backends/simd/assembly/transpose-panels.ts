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

/** TRANSPOSE_PANELS: [⌈N/8⌉][K][8] in any format → [⌈K/8⌉][N][8] in float32. An item is a panel of the result. */
export function transposePanels(): void {
  const from = address(slots.panels), format = integer(slots.format), K = integer(slots.K), N = integer(slots.N);
  const to = address(slots.to);
  const panels = (K + 7) >> 3;
  for (let p = nextItem(); p < panels; p = nextItem()) {
    const d = to + <usize>p * (<usize>N << 5);
    if (format == FORMAT_F32) panel(FORMAT_F32, from, p << 3, K, N, d);
    else if (format == FORMAT_F16) panel(FORMAT_F16, from, p << 3, K, N, d);
    else panel(format, from, p << 3, K, N, d);
  }
}

// blocks of 4 inputs × 4 outputs
// @ts-ignore: decorator
@inline
function panel(format: i32, from: usize, firstInput: i32, K: i32, N: i32, to: usize): void {
  const value: usize = format == FORMAT_F32 ? 4 : 2;
  const row = value << 3;
  for (let n = 0; n < N; n += 4) {
    const outputs = from + (<usize>(n >> 3) * <usize>K + <usize>firstInput) * row + <usize>(n & 7) * value;
    for (let half = 0; half < 8; half += 4) {
      const s = outputs + <usize>half * row;
      const left = K - firstInput - half;
      const r0 = four(format, s, left > 0), r1 = four(format, s + row, left > 1);
      const r2 = four(format, s + 2 * row, left > 2), r3 = four(format, s + 3 * row, left > 3);
      const d = to + (<usize>half << 2);
      if (n + 4 <= N) storeTransposed(d, 32, r0, r1, r2, r3);
      else storeSome(d, N - n, r0, r1, r2, r3);
    }
    to += 128;
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
