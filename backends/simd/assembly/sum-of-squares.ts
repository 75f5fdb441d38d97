import { SQUARES_SPAN } from '../job-kinds';
import * as slots from '../slots/sum-of-squares';
import { address, integer, nextItem } from './job';

/** SUM_OF_SQUARES: Σ x² in float64, a sum for every 8,192 values, each an item. */
export function sumOfSquares(): void {
  const x = address(slots.x), count = integer(slots.count), sums = address(slots.sums);
  const spans = (count + SQUARES_SPAN - 1) / SQUARES_SPAN;
  for (let span = nextItem(); span < spans; span = nextItem()) {
    const first = span * SQUARES_SPAN;
    const values = min(SQUARES_SPAN, count - first);
    let at = x + (<usize>first << 2);
    const end = at + (<usize>(values & ~3) << 2);
    let s0 = f64x2.splat(0), s1 = s0;
    for (; at < end; at += 16) {
      const v = v128.load(at);
      const low = f64x2.promote_low_f32x4(v), high = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
      s0 = f64x2.add(s0, f64x2.mul(low, low));
      s1 = f64x2.add(s1, f64x2.mul(high, high));
    }
    s0 = f64x2.add(s0, s1);
    let sum = f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1);
    for (let i = values & 3; i > 0; --i) {
      const v = <f64>load<f32>(at);
      sum += v * v;
      at += 4;
    }
    store<f64>(sums + (<usize>span << 3), sum);
  }
}
