import { madd } from './madd';

// Constants are read from tables: some engines build a constant vector anew, in several instructions, wherever it is
// used in a loop that uses many.

/** The coefficients of 2^f, from f¹ to f⁶. */
const EXP2 = memory.data<f32>([
  6.931472028552115e-1, 2.4022647913615597e-1, 5.55033247078337e-2, 9.61843735823831e-3, 1.3398874557170781e-3,
  1.535336206182502e-4,
]);

/** The coefficients of e^f, from f² to f⁶. */
const EXP = memory.data<f32>([4.99999935e-1, 1.66665207e-1, 4.16683874e-2, 8.36870983e-3, 1.38146132e-3]);

/** −ln 2 in two parts, the first with few enough bits that its products with whole numbers are exact. */
const LN2 = memory.data<f32>([-0.693145751953125, -1.42860682030941723212e-6]);

/** The coefficients of −log2 erfc(|x|/√2), from |x|¹ to |x|⁸. */
const TAIL = memory.data<f32>([
  1.1511052, 4.592082e-1, 5.2496172e-2, -7.0634083e-3, 1.3692504e-4, 1.8618599e-4, -3.937915e-5, 2.8350578e-6,
]);

/** 1.5·2^23 (see `exp2`), the smallest exponent, and 1. */
const OTHERS = memory.data<f32>([12582912, -100, 1]);

// the i-th value of a table in every lane
// @ts-ignore: decorator
@inline
function constant(table: usize, i: usize): v128 {
  return v128.load32_splat(table + (i << 2));
}

/**
 * 2^x for x ≤ 127, relative error below 1.3e-7; anything below −100 gives 2^−100.
 *
 * x = n + f with |f| ≤ ½: adding 1.5·2^23 leaves n in the low bits of the sum, which become the exponent. 2^f is a
 * polynomial of degree 6 (minimax, 2e-9 before rounding), in Estrin's order, which waits half as long as Horner's.
 * The floor of 2^−100 keeps products with it out of the slow denormal range.
 * NaN comes out as NaN: `pmax` is one instruction where `max` takes eight, and keeps its first operand's NaN.
 */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  const magic = constant(OTHERS, 0);
  x = f32x4.pmax(x, constant(OTHERS, 1));
  const shifted = f32x4.add(x, magic);
  const f = f32x4.sub(x, f32x4.sub(shifted, magic));
  const f2 = f32x4.mul(f, f);
  const low = madd(constant(EXP2, 0), f, constant(OTHERS, 2));
  const middle = madd(constant(EXP2, 2), f, constant(EXP2, 1));
  let high = madd(constant(EXP2, 4), f, constant(EXP2, 3));
  high = madd(constant(EXP2, 5), f2, high);
  const p = madd(madd(high, f2, middle), f2, low);
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
  const magic = constant(OTHERS, 0);
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-88));
  const shifted = madd(clamped, f32x4.splat(LOG2E), magic);
  const n = f32x4.sub(shifted, magic);
  let f = madd(n, constant(LN2, 0), clamped);
  f = madd(n, constant(LN2, 1), f);
  let p = madd(constant(EXP, 4), f, constant(EXP, 3));
  p = madd(p, f, constant(EXP, 2));
  p = madd(p, f, constant(EXP, 1));
  p = madd(p, f, constant(EXP, 0));
  p = madd(p, f, constant(OTHERS, 2));
  p = madd(p, f, constant(OTHERS, 2));
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
  const a2 = f32x4.mul(a, a);
  const a4 = f32x4.mul(a2, a2);
  const q12 = madd(constant(TAIL, 1), a, constant(TAIL, 0));
  const q34 = madd(constant(TAIL, 3), a, constant(TAIL, 2));
  const q56 = madd(constant(TAIL, 5), a, constant(TAIL, 4));
  const q78 = madd(constant(TAIL, 7), a, constant(TAIL, 6));
  const q = madd(madd(q78, a2, q56), a4, madd(q34, a2, q12));
  return exp2(f32x4.neg(madd(q, a, constant(OTHERS, 2))));
}

/** x · Φ(x) = max(x, 0) − |x| · Φ(−|x|); the erf behind it is within 2e-7. */
// @ts-ignore: decorator
@inline
export function gelu(x: v128): v128 {
  return f32x4.sub(f32x4.pmax(x, f32x4.splat(0)), f32x4.mul(f32x4.abs(x), upperTail(x)));
}

/**
 * The derivative of `gelu`: Φ(x) + x·φ(x), with φ(x) = e^(−x²/2)/√(2π).
 *
 * It is that of ±16 beyond, where it is 0 or 1 but for the 2^−100 that `exp2` leaves at least.
 */
// @ts-ignore: decorator
@inline
export function geluSlope(x: v128): v128 {
  const near = f32x4.pmax(f32x4.pmin(x, f32x4.splat(16)), f32x4.splat(-16));
  const tail = upperTail(near);
  const cumulative = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(near, f32x4.splat(0)));
  const density = exp2(f32x4.mul(f32x4.mul(near, near), f32x4.splat(-0.5 * LOG2E)));
  return madd(f32x4.mul(near, f32x4.splat(0.3989422804014327)), density, cumulative);
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
