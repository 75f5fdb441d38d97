import * as slots from '../slots/sgd';
import { address, float, integer, nextItem } from './job';

/** Values of an item, a multiple of 4. */
const SPAN: i32 = 8192;

/**
 * SGD: a step with momentum in place, its operations in the order of `torch.optim.SGD`, each rounded, in every build.
 *
 * An item is 8,192 values.
 */
export function sgd(): void {
  const p = address(slots.p), m = address(slots.m), g = address(slots.g);
  const count = integer(slots.count);
  for (let first = nextItem() * SPAN; first < count; first = nextItem() * SPAN) {
    const end = <usize>min(first + SPAN, count) << 2;
    const whole = end & ~15;
    let at = <usize>first << 2;
    for (; at < whole; at += 16) {
      const parameter = v128.load(p + at);
      const moment = moved(v128.load(m + at), v128.load(g + at), parameter);
      v128.store(m + at, moment);
      v128.store(p + at, stepped(parameter, moment));
    }
    for (; at < end; at += 4) {
      const parameter = v128.load32_splat(p + at);
      const moment = moved(v128.load32_splat(m + at), v128.load32_splat(g + at), parameter);
      v128.store32_lane(m + at, moment, 0);
      v128.store32_lane(p + at, stepped(parameter, moment), 0);
    }
  }
}

/** momentum·m + (g + weightDecay·p); without decay p has no part, even where it is not finite */
// @ts-ignore: decorator
@inline
function moved(m: v128, g: v128, p: v128): v128 {
  const decay = float(slots.weightDecay);
  const decayed = decay == 0 ? g : f32x4.add(g, f32x4.mul(p, f32x4.splat(decay)));
  return f32x4.add(f32x4.mul(m, f32x4.splat(float(slots.momentum))), decayed);
}

/** p − learningRate·m */
// @ts-ignore: decorator
@inline
function stepped(p: v128, m: v128): v128 {
  return f32x4.sub(p, f32x4.mul(m, f32x4.splat(float(slots.learningRate))));
}
