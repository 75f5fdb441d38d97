/** Pairs of float64 values. */

/** The sum of the two lanes. */
// @ts-ignore: decorator
@inline
export function sum(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}

/** Two float32 values in float64. */
// @ts-ignore: decorator
@inline
export function pair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/** The two values after those. */
// @ts-ignore: decorator
@inline
export function nextPair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at, 8));
}

/** a + b · c */
// @ts-ignore: decorator
@inline
export function plus(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(a, f64x2.mul(b, c));
}
