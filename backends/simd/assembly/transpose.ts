/** Four rows of four, transposed and stored `step` bytes apart. */
// @ts-ignore: decorator
@inline
export function storeTransposed(to: usize, step: usize, r0: v128, r1: v128, r2: v128, r3: v128): void {
  const t0 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), t1 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
  const t2 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7), t3 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(t0, t1, 0, 1, 4, 5));
  to += step;
  v128.store(to, v128.shuffle<f32>(t0, t1, 2, 3, 6, 7));
  to += step;
  v128.store(to, v128.shuffle<f32>(t2, t3, 0, 1, 4, 5));
  to += step;
  v128.store(to, v128.shuffle<f32>(t2, t3, 2, 3, 6, 7));
}
