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
