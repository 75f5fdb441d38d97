import { madd } from './madd';

/**
 * What the processor can do with 128-bit vectors: `turns` × 12 multiply-adds of four floats, as a product does them,
 * one operand from the first-level cache, and nothing else. 96 operations a turn.
 *
 * @param at 192 readable bytes
 */
export function probe(at: usize, turns: i32): f32 {
  const m = v128.load(at, 64);
  let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
  for (; turns > 0; --turns) {
    a = madd(v128.load(at), m, a); b = madd(v128.load(at, 16), m, b); c = madd(v128.load(at, 32), m, c);
    d = madd(v128.load(at, 48), m, d); e = madd(v128.load(at, 64), m, e); f = madd(v128.load(at, 80), m, f);
    g = madd(v128.load(at, 96), m, g); h = madd(v128.load(at, 112), m, h); i = madd(v128.load(at, 128), m, i);
    j = madd(v128.load(at, 144), m, j); k = madd(v128.load(at, 160), m, k); l = madd(v128.load(at, 176), m, l);
    // the address depends on the turn, so that no product can be taken out of the loop
    at ^= 256;
  }
  const sum = f32x4.add(
    f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(f32x4.add(e, f), f32x4.add(g, h))),
    f32x4.add(f32x4.add(i, j), f32x4.add(k, l)),
  );
  return f32x4.extract_lane(sum, 0);
}

/**
 * Four products of bytes summed, where the second operand may have more than the 7 bits that all engines agree on: what comes
 * out tells how the processor does it. 0 without relaxed SIMD.
 */
export function dotSum(first: i32, second: i32): i32 {
  if (!ASC_FEATURE_RELAXED_SIMD) return 0;
  const a = i8x16.splat(<i8>first), b = i8x16.splat(<i8>second);
  return i32x4.extract_lane(i32x4.relaxed_dot_i8x16_i7x16_add_s(a, b, i32x4.splat(0)), 0);
}
