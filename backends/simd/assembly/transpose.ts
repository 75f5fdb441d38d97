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

/** A matrix [rows, columns] of 32-bit values transposed; `row` and `toRow` are the bytes from one row to the next. */
export function transpose(from: usize, row: usize, rows: i32, columns: i32, to: usize, toRow: usize): void {
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    let s = from + (<usize>c << 2);
    let d = to + <usize>c * toRow;
    let r = 0;
    for (; r + 4 <= rows; r += 4) {
      storeTransposed(d, toRow, v128.load(s), v128.load(s + row), v128.load(s + 2 * row), v128.load(s + 3 * row));
      s += 4 * row;
      d += 16;
    }
    for (; r < rows; ++r) {
      for (let i: usize = 0; i < 4; ++i) store<u32>(d + i * toRow, load<u32>(s + (i << 2)));
      s += row;
      d += 4;
    }
  }
  for (; c < columns; ++c) {
    let s = from + (<usize>c << 2);
    const d = to + <usize>c * toRow;
    for (let r = 0; r < rows; ++r) {
      store<u32>(d + (<usize>r << 2), load<u32>(s));
      s += row;
    }
  }
}
