import { REDUCE_MAX, REDUCE_MIN, REDUCE_SUM } from '../job-kinds';
import * as slots from '../slots/reduce';
import { address, integer, nextItem } from './job';
import { high64, low64 } from './lanes';

/** Columns reduced side by side where the reduced axis is not the last. */
const COLUMNS: i32 = 64;

// @ts-ignore: decorator
@inline
function extreme(op: i32, a: v128, b: v128): v128 {
  return op == REDUCE_MAX ? f32x4.max(a, b) : f32x4.min(a, b);
}

// along contiguous values; sums in float64, as TF.js's CPU backend sums
function sumOf(x: usize, count: i32): f32 {
  let s0 = f64x2.splat(0), s1 = s0;
  const end = x + (<usize>(count & ~3) << 2);
  while (x < end) {
    const v = v128.load(x);
    s0 = f64x2.add(s0, low64(v));
    s1 = f64x2.add(s1, high64(v));
    x += 16;
  }
  s0 = f64x2.add(s0, s1);
  let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
  for (let i = count & 3; i > 0; --i) {
    sum += <f64>load<f32>(x);
    x += 4;
  }
  return <f32>sum;
}

// @ts-ignore: decorator
@inline
function extremeOf(op: i32, x: usize, count: i32): f32 {
  let e = v128.load32_splat(x);
  const end = x + (<usize>(count & ~3) << 2);
  while (x < end) {
    e = extreme(op, e, v128.load(x));
    x += 16;
  }
  for (let i = count & 3; i > 0; --i) {
    e = extreme(op, e, v128.load32_splat(x));
    x += 4;
  }
  e = extreme(op, e, v128.shuffle<f32>(e, e, 2, 3, 0, 1));
  e = extreme(op, e, v128.shuffle<f32>(e, e, 1, 0, 3, 2));
  return f32x4.extract_lane(e, 0);
}

// @ts-ignore: decorator
@inline
function storeSums(to: usize, s0: v128, s1: v128): void {
  v128.store(to, v128.shuffle<i64>(f32x4.demote_f64x2_zero(s0), f32x4.demote_f64x2_zero(s1), 0, 2));
}

// `width` columns, a multiple of 4, of `count` rows: those of a cache line side by side, then four at a time
function columnSums(x: usize, step: usize, count: i32, width: i32, to: usize): void {
  const end = x + (<usize>width << 2);
  for (; x + 64 <= end; x += 64) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    let from = x;
    for (let i = count; i > 0; --i) {
      let v = v128.load(from);
      s0 = f64x2.add(s0, low64(v)); s1 = f64x2.add(s1, high64(v));
      v = v128.load(from, 16);
      s2 = f64x2.add(s2, low64(v)); s3 = f64x2.add(s3, high64(v));
      v = v128.load(from, 32);
      s4 = f64x2.add(s4, low64(v)); s5 = f64x2.add(s5, high64(v));
      v = v128.load(from, 48);
      s6 = f64x2.add(s6, low64(v)); s7 = f64x2.add(s7, high64(v));
      from += step;
    }
    storeSums(to, s0, s1); storeSums(to + 16, s2, s3); storeSums(to + 32, s4, s5); storeSums(to + 48, s6, s7);
    to += 64;
  }
  for (; x < end; x += 16) {
    let s0 = f64x2.splat(0), s1 = s0;
    let from = x;
    for (let i = count; i > 0; --i) {
      const v = v128.load(from);
      s0 = f64x2.add(s0, low64(v)); s1 = f64x2.add(s1, high64(v));
      from += step;
    }
    storeSums(to, s0, s1);
    to += 16;
  }
}

// @ts-ignore: decorator
@inline
function columnExtremes(op: i32, x: usize, step: usize, count: i32, width: i32, to: usize): void {
  for (let c: usize = 0; c < <usize>width << 2; c += 16) {
    let from = x + c;
    let e = v128.load(from);
    for (let i = count; i > 0; --i) {
      e = extreme(op, e, v128.load(from));
      from += step;
    }
    v128.store(to + c, e);
  }
}

function column(op: i32, x: usize, step: usize, count: i32): f32 {
  let sum: f64 = 0;
  let e = load<f32>(x);
  for (let i = count; i > 0; --i) {
    const v = load<f32>(x);
    sum += <f64>v;
    e = op == REDUCE_MAX ? max(e, v) : min(e, v);
    x += step;
  }
  return op == REDUCE_SUM ? <f32>sum : e;
}

/** REDUCE: sum, maximum or minimum over the middle axis. An item is one outer index × up to 64 columns. */
export function reduce(): void {
  const op = integer(slots.op), x = address(slots.x), y = address(slots.y);
  const outer = integer(slots.outer), count = integer(slots.count), inner = integer(slots.inner);
  const groups = (inner + COLUMNS - 1) / COLUMNS;
  const items = outer * groups;
  const step = <usize>inner << 2;
  for (let item = nextItem(); item < items; item = nextItem()) {
    const o = item / groups;
    let c = item % groups * COLUMNS;
    let from = x + <usize>o * <usize>count * step + (<usize>c << 2);
    let to = y + <usize>o * step + (<usize>c << 2);
    if (inner == 1) {
      let value: f32;
      if (op == REDUCE_SUM) value = sumOf(from, count);
      else if (op == REDUCE_MAX) value = extremeOf(REDUCE_MAX, from, count);
      else value = extremeOf(REDUCE_MIN, from, count);
      store<f32>(to, value);
      continue;
    }
    const width = min(COLUMNS, inner - c);
    const whole = width & ~3;
    if (op == REDUCE_SUM) columnSums(from, step, count, whole, to);
    else if (op == REDUCE_MAX) columnExtremes(REDUCE_MAX, from, step, count, whole, to);
    else columnExtremes(REDUCE_MIN, from, step, count, whole, to);
    for (let i = whole; i < width; ++i) {
      store<f32>(to + (<usize>i << 2), column(op, from + (<usize>i << 2), step, count));
    }
  }
}
