import { madd } from './madd';

/**
 * 2^x for x ≤ 127, relative error below 1.3e-7; anything below −100 gives 2^−100.
 *
 * x = n + f with |f| ≤ ½: adding 1.5·2^23 leaves n in the low bits of the sum, which become the exponent. 2^f is a
 * polynomial of degree 6 (minimax, 2e-9 before rounding). The floor of 2^−100 keeps products with it out of the slow denormal range.
 */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  const magic = f32x4.splat(12582912);
  x = f32x4.max(x, f32x4.splat(-100));
  const shifted = f32x4.add(x, magic);
  const f = f32x4.sub(x, f32x4.sub(shifted, magic));
  let p = madd(f32x4.splat(1.535336206182502e-4), f, f32x4.splat(1.3398874557170781e-3));
  p = madd(p, f, f32x4.splat(9.61843735823831e-3));
  p = madd(p, f, f32x4.splat(5.55033247078337e-2));
  p = madd(p, f, f32x4.splat(2.4022647913615597e-1));
  p = madd(p, f, f32x4.splat(6.931472028552115e-1));
  p = madd(p, f, f32x4.splat(1));
  return i32x4.add(p, i32x4.shl(shifted, 23));
}

/** log2 e. */
export const LOG2E: f32 = 1.4426950408889634;

/**
 * e^x, relative error below 3e-7 where the result is a normal number; 0 and infinity beyond.
 *
 * x = n·ln 2 + f, ln 2 in two parts so that f is exact to the last place; the exponent is put in two halves, so that
 * results up to the largest float come out.
 */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const magic = f32x4.splat(12582912);
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(89)), f32x4.splat(-88));
  const shifted = madd(clamped, f32x4.splat(LOG2E), magic);
  const n = f32x4.sub(shifted, magic);
  let f = madd(n, f32x4.splat(-0.693145751953125), clamped);
  f = madd(n, f32x4.splat(-1.42860682030941723212e-6), f);
  let p = madd(f32x4.splat(1.38146132e-3), f, f32x4.splat(8.36870983e-3));
  p = madd(p, f, f32x4.splat(4.16683874e-2));
  p = madd(p, f, f32x4.splat(1.66665207e-1));
  p = madd(p, f, f32x4.splat(4.99999935e-1));
  p = madd(p, f, f32x4.splat(1));
  p = madd(p, f, f32x4.splat(1));
  // 2^n as 2^(n>>1) · 2^(n − (n>>1)): n reaches 128, one more than an exponent holds
  const whole = i32x4.sub(shifted, i32x4.splat(0x4b400000));
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  const low = i32x4.shl(i32x4.add(half, bias), 23);
  const high = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23);
  const result = f32x4.mul(f32x4.mul(p, low), high);
  return v128.bitselect(f32x4.splat(0), result, f32x4.lt(x, f32x4.splat(-88)));
}

/**
 * ½ erfc(|x|/√2) = 2^−(1 + q(|x|)), absolute error below 7e-8.
 *
 * q, a polynomial of degree 8 without constant term, is −log2 erfc(|x|/√2): fitted so that the largest error of
 * erfc on 0 ≤ |x| ≤ 5.66 is as small as can be (1.6e-8 before rounding). Beyond, it goes on growing, and the result
 * ends at 2^−100.
 */
// @ts-ignore: decorator
@inline
function upperTail(x: v128): v128 {
  const a = f32x4.abs(x);
  let q = madd(f32x4.splat(2.8350578e-6), a, f32x4.splat(-3.937915e-5));
  q = madd(q, a, f32x4.splat(1.8618599e-4));
  q = madd(q, a, f32x4.splat(1.3692504e-4));
  q = madd(q, a, f32x4.splat(-7.0634083e-3));
  q = madd(q, a, f32x4.splat(5.2496172e-2));
  q = madd(q, a, f32x4.splat(4.592082e-1));
  q = madd(q, a, f32x4.splat(1.1511052));
  return exp2(f32x4.neg(madd(q, a, f32x4.splat(1))));
}

/** x · Φ(x) = max(x, 0) − |x| · Φ(−|x|); the erf behind it is within 2e-7. */
// @ts-ignore: decorator
@inline
export function gelu(x: v128): v128 {
  return f32x4.sub(f32x4.max(x, f32x4.splat(0)), f32x4.mul(f32x4.abs(x), upperTail(x)));
}

/** The error function, absolute error below 2e-7. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const magnitude = f32x4.sub(f32x4.splat(1), f32x4.mul(f32x4.splat(2), upperTail(f32x4.mul(x, f32x4.splat(Mathf.SQRT2)))));
  return v128.bitselect(x, magnitude, f32x4.splat(-0.0));
}

/** 1/(1 + e^−x). */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}
