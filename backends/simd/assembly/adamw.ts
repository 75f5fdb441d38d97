import * as slots from '../slots/adamw';
import { address, float, integer, nextItem } from './job';

/** Values of an item, a multiple of 4. */
const SPAN: i32 = 8192;

/**
 * ADAMW: a step of AdamW in place, its operations in the order of `torch.optim.AdamW`, each rounded, in every build.
 *
 * An item is 8,192 values.
 */
export function adamw(): void {
  const p = address(slots.p), m = address(slots.m), v = address(slots.v), g = address(slots.g);
  const count = integer(slots.count);
  for (let first = nextItem() * SPAN; first < count; first = nextItem() * SPAN) {
    const end = <usize>min(first + SPAN, count) << 2;
    const whole = end & ~15;
    let at = <usize>first << 2;
    for (; at < whole; at += 16) {
      const gradient = v128.load(g + at);
      const moment = firstMoment(v128.load(m + at), gradient);
      const square = secondMoment(v128.load(v + at), gradient);
      v128.store(m + at, moment);
      v128.store(v + at, square);
      v128.store(p + at, stepped(v128.load(p + at), moment, square));
    }
    for (; at < end; at += 4) {
      const gradient = v128.load32_splat(g + at);
      const moment = firstMoment(v128.load32_splat(m + at), gradient);
      const square = secondMoment(v128.load32_splat(v + at), gradient);
      v128.store32_lane(m + at, moment, 0);
      v128.store32_lane(v + at, square, 0);
      v128.store32_lane(p + at, stepped(v128.load32_splat(p + at), moment, square), 0);
    }
  }
}

// @ts-ignore: decorator
@inline
function constant(slot: i32): v128 {
  return f32x4.splat(float(slot));
}

/** m + (1 − beta1)·(g − m) */
// @ts-ignore: decorator
@inline
function firstMoment(m: v128, g: v128): v128 {
  return f32x4.add(m, f32x4.mul(constant(slots.gradientShare), f32x4.sub(g, m)));
}

/** beta2·v + (1 − beta2)·g·g */
// @ts-ignore: decorator
@inline
function secondMoment(v: v128, g: v128): v128 {
  return f32x4.add(f32x4.mul(v, constant(slots.beta2)), f32x4.mul(f32x4.mul(constant(slots.squareShare), g), g));
}

/** p·decay − stepSize·m/(√v/rootCorrection + epsilon) */
// @ts-ignore: decorator
@inline
function stepped(p: v128, m: v128, v: v128): v128 {
  const denominator = f32x4.add(f32x4.div(f32x4.sqrt(v), constant(slots.rootCorrection)), constant(slots.epsilon));
  const step = f32x4.div(f32x4.mul(constant(slots.stepSize), m), denominator);
  return f32x4.sub(f32x4.mul(p, constant(slots.decay)), step);
}
