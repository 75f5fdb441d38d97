/** Four bfloat16, in the low half of `v`, as floats. */
// @ts-ignore: decorator
@inline
export function fromBfloat16(v: v128): v128 {
  return i32x4.shl(i32x4.extend_low_i16x8_u(v), 16);
}

/**
 * Four float16, in the low half of `v`, as floats; exact for every value, denormals and infinities included.
 *
 * The 15 bits below the sign are moved to where a float has them; a product with 2^112 corrects the exponent and
 * normalises what was denormal. Infinity and NaN, whose exponent would end too low, get the highest one.
 */
// @ts-ignore: decorator
@inline
export function fromFloat16(v: v128): v128 {
  const bits = i32x4.extend_low_i16x8_u(v);
  const sign = i32x4.shl(v128.and(bits, i32x4.splat(0x8000)), 16);
  const rest = v128.and(bits, i32x4.splat(0x7fff));
  const scaled = f32x4.mul(i32x4.shl(rest, 13), f32x4.splat(reinterpret<f32>(0x77800000)));
  const special = v128.and(i32x4.gt_s(rest, i32x4.splat(0x7bff)), i32x4.splat(0x7f800000));
  return v128.or(sign, v128.or(scaled, special));
}

/**
 * Four floats as float16, in the low half of each lane: to the nearest, halfway to the even neighbour. What is no number stays
 * none, quiet, with the upper bits of its payload.
 *
 * Below 2^−14 the unit is 2^−24, as it is of floats from ½ on: a sum with ½ rounds to it. Above, just under half a unit and the
 * unit's own bit make the carry that rounds halves to even.
 */
// @ts-ignore: decorator
@inline
export function toFloat16(v: v128): v128 {
  const sign = v128.and(i32x4.shr_u(v, 16), i32x4.splat(0x8000));
  const bits = v128.and(v, i32x4.splat(0x7fffffff));
  const half = f32x4.splat(0.5);
  const subnormal = i32x4.sub(f32x4.add(bits, half), half);
  const odd = v128.and(i32x4.shr_u(bits, 13), i32x4.splat(1));
  const normal = i32x4.shr_u(i32x4.add(i32x4.sub(bits, i32x4.splat((112 << 23) - 0xfff)), odd), 13);
  const special = v128.bitselect(
    v128.or(i32x4.splat(0x7e00), v128.and(i32x4.shr_u(bits, 13), i32x4.splat(0x1ff))),
    i32x4.splat(0x7c00),
    i32x4.gt_s(bits, i32x4.splat(0x7f800000)),
  );
  const finite = v128.bitselect(subnormal, normal, i32x4.lt_s(bits, i32x4.splat(0x38800000)));
  return v128.or(sign, v128.bitselect(special, finite, i32x4.ge_s(bits, i32x4.splat(0x477ff000))));
}
