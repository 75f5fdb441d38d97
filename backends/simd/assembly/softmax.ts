import * as slots from '../slots/rows';
import { address, integer, nextItem } from './job';
import { maxLanes, sumLanes } from './lanes';
import { exp } from './transcendental';

/** Rows of an item. */
const ROWS: i32 = 16;

/** SOFTMAX: e^(x − max) / Σ along rows. An item is 16 rows. A row with NaN becomes NaN. */
export function softmax(): void {
  const x = address(slots.x), rows = integer(slots.rows), D = integer(slots.width), y = address(slots.y);
  for (let first = nextItem() * ROWS; first < rows; first = nextItem() * ROWS) {
    const last = min(first + ROWS, rows);
    for (let r = first; r < last; ++r) {
      const offset = <usize>r * (<usize>D << 2);
      softmaxRow(x + offset, D, y + offset);
    }
  }
}

function softmaxRow(x: usize, D: i32, y: usize): void {
  const whole = <usize>(D & ~3) << 2;
  const bytes = <usize>D << 2;
  let m = f32x4.splat(-Infinity);
  for (let k: usize = 0; k < whole; k += 16) m = f32x4.max(m, v128.load(x + k));
  let top = maxLanes(m);
  for (let k = whole; k < bytes; k += 4) top = max(top, load<f32>(x + k));
  const shift = f32x4.splat(top);
  let s = f32x4.splat(0);
  for (let k: usize = 0; k < whole; k += 16) {
    const e = exp(f32x4.sub(v128.load(x + k), shift));
    v128.store(y + k, e);
    s = f32x4.add(s, e);
  }
  let sum = sumLanes(s);
  for (let k = whole; k < bytes; k += 4) {
    const e = f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(x + k), shift)), 0);
    store<f32>(y + k, e);
    sum += e;
  }
  const divisor = f32x4.splat(sum);
  for (let k: usize = 0; k < whole; k += 16) v128.store(y + k, f32x4.div(v128.load(y + k), divisor));
  for (let k = whole; k < bytes; k += 4) store<f32>(y + k, load<f32>(y + k) / sum);
}
