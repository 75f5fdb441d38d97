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
