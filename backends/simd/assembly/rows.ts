import * as normSlots from '../slots/layer-norm';
import * as slots from '../slots/rows';
import { address, float, integer, nextItem } from './job';
import { maxLanes, sumLanes, sumLanes64 } from './lanes';
import { madd } from './madd';
import { exp, sigmoid } from './transcendental';

/** Rows of an item. */
const ROWS: i32 = 16;

/**
 * LAYER_NORM: (x − mean) / √(var + epsilon) · gamma + beta along rows.
 *
 * An item is 16 rows. The variance is that of the differences from the mean, in a second pass: no cancellation.
 */
export function layerNorm(): void {
  const x = address(slots.x), rows = integer(slots.rows), D = integer(slots.width);
  const gamma = address(normSlots.gamma), beta = address(normSlots.beta), epsilon = float(normSlots.epsilon);
  const y = address(slots.y);
  for (let first = nextItem() * ROWS; first < rows; first = nextItem() * ROWS) {
    const last = min(first + ROWS, rows);
    for (let r = first; r < last; ++r) {
      const offset = <usize>r * (<usize>D << 2);
      layerNormRow(x + offset, D, gamma, beta, y + offset, epsilon);
    }
  }
}

function layerNormRow(x: usize, D: i32, gamma: usize, beta: usize, y: usize, epsilon: f32): void {
  const whole = <usize>(D & ~7) << 2;
  const bytes = <usize>D << 2;
  let s0 = f32x4.splat(0), s1 = s0;
  for (let k: usize = 0; k < whole; k += 32) {
    s0 = f32x4.add(s0, v128.load(x + k));
    s1 = f32x4.add(s1, v128.load(x + k, 16));
  }
  let sum = sumLanes64(s0) + sumLanes64(s1);
  for (let k = whole; k < bytes; k += 4) sum += <f64>load<f32>(x + k);
  const mean = <f32>(sum / <f64>D);
  const centre = f32x4.splat(mean);
  let v0 = f32x4.splat(0), v1 = v0;
  for (let k: usize = 0; k < whole; k += 32) {
    const d0 = f32x4.sub(v128.load(x + k), centre), d1 = f32x4.sub(v128.load(x + k, 16), centre);
    v0 = madd(d0, d0, v0);
    v1 = madd(d1, d1, v1);
  }
  let squares = sumLanes64(v0) + sumLanes64(v1);
  for (let k = whole; k < bytes; k += 4) {
    const d = <f64>(load<f32>(x + k) - mean);
    squares += d * d;
  }
  const factor = <f32>(1 / sqrt<f64>(squares / <f64>D + <f64>epsilon));
  const f = f32x4.splat(factor);
  for (let k: usize = 0; k < whole; k += 16) {
    const normed = f32x4.mul(f32x4.sub(v128.load(x + k), centre), f);
    v128.store(y + k, madd(normed, v128.load(gamma + k), v128.load(beta + k)));
  }
  for (let k = whole; k < bytes; k += 4) {
    store<f32>(y + k, (load<f32>(x + k) - mean) * factor * load<f32>(gamma + k) + load<f32>(beta + k));
  }
}

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

/** SILU_GATE: y = x₁ · σ(x₁) · x₂, the halves of a row. An item is a row. */
export function siluGate(): void {
  const x = address(slots.x), rows = integer(slots.rows), S = integer(slots.width), y = address(slots.y);
  const half = <usize>S << 2;
  const whole = <usize>(S & ~3) << 2;
  for (let r = nextItem(); r < rows; r = nextItem()) {
    const gate = x + <usize>r * 2 * half;
    const value = gate + half;
    const to = y + <usize>r * half;
    for (let k: usize = 0; k < whole; k += 16) {
      const g = v128.load(gate + k);
      v128.store(to + k, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load(value + k)));
    }
    for (let k = whole; k < half; k += 4) {
      const g = v128.load32_splat(gate + k);
      v128.store32_lane(to + k, f32x4.mul(f32x4.mul(g, sigmoid(g)), v128.load32_splat(value + k)), 0);
    }
  }
}
