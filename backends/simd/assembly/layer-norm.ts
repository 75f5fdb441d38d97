import * as normSlots from '../slots/layer-norm';
import * as backwardSlots from '../slots/layer-norm-backward';
import * as slots from '../slots/rows';
import { address, float, integer, nextItem } from './job';
import { high64, low64, sumLanes64 } from './lanes';
import { madd } from './madd';

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

/** The mean of a row. */
// @ts-ignore: decorator
@inline
function meanOf(x: usize, D: i32): f32 {
  const whole = <usize>(D & ~7) << 2;
  const bytes = <usize>D << 2;
  let s0 = f32x4.splat(0), s1 = s0;
  for (let k: usize = 0; k < whole; k += 32) {
    s0 = f32x4.add(s0, v128.load(x + k));
    s1 = f32x4.add(s1, v128.load(x + k, 16));
  }
  let sum = sumLanes64(s0) + sumLanes64(s1);
  for (let k = whole; k < bytes; k += 4) sum += <f64>load<f32>(x + k);
  return <f32>(sum / <f64>D);
}

/** 1/√(var + epsilon) of a row. */
// @ts-ignore: decorator
@inline
function normFactor(x: usize, D: i32, mean: f32, epsilon: f32): f32 {
  const whole = <usize>(D & ~7) << 2;
  const bytes = <usize>D << 2;
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
  return <f32>(1 / sqrt<f64>(squares / <f64>D + <f64>epsilon));
}

function layerNormRow(x: usize, D: i32, gamma: usize, beta: usize, y: usize, epsilon: f32): void {
  const whole = <usize>(D & ~7) << 2;
  const bytes = <usize>D << 2;
  const mean = meanOf(x, D);
  const factor = normFactor(x, D, mean, epsilon);
  const centre = f32x4.splat(mean), f = f32x4.splat(factor);
  for (let k: usize = 0; k < whole; k += 16) {
    const normed = f32x4.mul(f32x4.sub(v128.load(x + k), centre), f);
    v128.store(y + k, madd(normed, v128.load(gamma + k), v128.load(beta + k)));
  }
  for (let k = whole; k < bytes; k += 4) {
    store<f32>(y + k, (load<f32>(x + k) - mean) * factor * load<f32>(gamma + k) + load<f32>(beta + k));
  }
}

/**
 * LAYER_NORM_BACKWARD: the gradients of LAYER_NORM by x, gamma and beta.
 *
 * With n = (x − mean)/√(var + epsilon) and g = dy·gamma: dx = (g − mean(g) − n·mean(g·n))/√(var + epsilon), and dgamma
 * and dbeta are the sums of dy·n and of dy over all rows. An item is a block of rows, whose sums go to a place of
 * their own, so that they don't depend on who computes them. They are summed up in float64: where all patches have one
 * gradient, as under their mean, sums in float32 would round the same way every time.
 */
export function layerNormBackward(thread: i32): void {
  const x = address(slots.x), rows = integer(slots.rows), D = integer(slots.width), dx = address(slots.y);
  const gamma = address(backwardSlots.gamma), dy = address(backwardSlots.dy), epsilon = float(backwardSlots.epsilon);
  const gammaSums = address(backwardSlots.gammaSums), betaSums = address(backwardSlots.betaSums);
  const blockRows = integer(backwardSlots.blockRows);
  const dGamma = address(backwardSlots.scratch) + <usize>thread * address(backwardSlots.scratchStride);
  const bytes = <usize>D << 2;
  const dBeta = dGamma + 2 * bytes;
  const blocks = (rows + blockRows - 1) / blockRows;
  for (let block = nextItem(); block < blocks; block = nextItem()) {
    const first = block * blockRows;
    const last = min(first + blockRows, rows);
    memory.fill(dGamma, 0, 4 * bytes);
    for (let r = first; r < last; ++r) {
      const offset = <usize>r * bytes;
      layerNormBackwardRow(x + offset, D, gamma, dy + offset, epsilon, dx + offset, dGamma, dBeta);
    }
    writeSums(dGamma, D, gammaSums + <usize>block * bytes);
    writeSums(dBeta, D, betaSums + <usize>block * bytes);
  }
}

/** Adds four values to four sums in float64. */
// @ts-ignore: decorator
@inline
function addTo(sums: usize, v: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), low64(v)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), high64(v)), 16);
}

/** Sums in float64 [D] as float32. */
function writeSums(sums: usize, D: i32, to: usize): void {
  for (let i = D; i > 0; --i) {
    store<f32>(to, <f32>load<f64>(sums));
    sums += 8;
    to += 4;
  }
}

/** One row; `dGamma` and `dBeta` [D] are sums in float64. */

function layerNormBackwardRow(
  x: usize, D: i32, gamma: usize, dy: usize, epsilon: f32, dx: usize, dGamma: usize, dBeta: usize,
): void {
  const whole = <usize>(D & ~3) << 2;
  const bytes = <usize>D << 2;
  const mean = meanOf(x, D);
  const factor = normFactor(x, D, mean, epsilon);
  const centre = f32x4.splat(mean), f = f32x4.splat(factor);
  let s = f32x4.splat(0), p = s;
  for (let k: usize = 0; k < whole; k += 16) {
    const n = f32x4.mul(f32x4.sub(v128.load(x + k), centre), f);
    const d = v128.load(dy + k);
    const g = f32x4.mul(d, v128.load(gamma + k));
    s = f32x4.add(s, g);
    p = madd(g, n, p);
    addTo(dGamma + 2 * k, f32x4.mul(d, n));
    addTo(dBeta + 2 * k, d);
  }
  let sum = sumLanes64(s), product = sumLanes64(p);
  for (let k = whole; k < bytes; k += 4) {
    const n = (load<f32>(x + k) - mean) * factor;
    const d = load<f32>(dy + k);
    const g = d * load<f32>(gamma + k);
    sum += <f64>g;
    product += <f64>(g * n);
    store<f64>(dGamma + 2 * k, load<f64>(dGamma + 2 * k) + <f64>(d * n));
    store<f64>(dBeta + 2 * k, load<f64>(dBeta + 2 * k) + <f64>d);
  }
  const meanOfG = <f32>(sum / <f64>D), meanOfProduct = <f32>(product / <f64>D);
  const a = f32x4.splat(meanOfG), b = f32x4.splat(meanOfProduct);
  for (let k: usize = 0; k < whole; k += 16) {
    const n = f32x4.mul(f32x4.sub(v128.load(x + k), centre), f);
    const g = f32x4.mul(v128.load(dy + k), v128.load(gamma + k));
    v128.store(dx + k, f32x4.mul(f, f32x4.sub(f32x4.sub(g, a), f32x4.mul(n, b))));
  }
  for (let k = whole; k < bytes; k += 4) {
    const n = (load<f32>(x + k) - mean) * factor;
    store<f32>(dx + k, factor * (load<f32>(dy + k) * load<f32>(gamma + k) - meanOfG - n * meanOfProduct));
  }
}
