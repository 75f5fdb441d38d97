/** The sum of the four lanes, in a fixed order. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** The largest of the four lanes. */
// @ts-ignore: decorator
@inline
export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

/** The first two lanes, in double precision. */
// @ts-ignore: decorator
@inline
export function low64(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

/** The last two lanes, in double precision. */
// @ts-ignore: decorator
@inline
export function high64(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
}

/** The sum of the four lanes, in double precision. */
// @ts-ignore: decorator
@inline
export function sumLanes64(v: v128): f64 {
  const pairs = f64x2.add(low64(v), high64(v));
  return f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1);
}
