/**
 * Products of a block of float32 rows with float64 vectors, in float64. Without relaxed SIMD, so that every engine gives the same bits.
 *
 * The number of rows divides by 4 and that of columns by 2: `row-products.ts` fills up with zeros.
 */

/** The sum of the two lanes. */
// @ts-ignore: decorator
@inline
function sum(lanes: v128): f64 {
  return f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
}

/** Two float32 values in float64. */
// @ts-ignore: decorator
@inline
function pair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

/**
 * y = X v.
 *
 * @param x [n, d] float32
 * @param v [d] float64
 * @param y [n] float64
 */
export function project(x: usize, n: i32, d: i32, v: usize, y: usize): void {
  const row = <usize>d << 2;
  for (let i = 0; i < n; i += 4) {
    let p = f64x2.splat(0);
    let q = p;
    let r = p;
    let s = p;
    for (let j: usize = 0; j < row; j += 8) {
      const w = v128.load(v + (j << 1));
      p = f64x2.add(p, f64x2.mul(w, pair(x + j)));
      q = f64x2.add(q, f64x2.mul(w, pair(x + row + j)));
      r = f64x2.add(r, f64x2.mul(w, pair(x + 2 * row + j)));
      s = f64x2.add(s, f64x2.mul(w, pair(x + 3 * row + j)));
    }
    store<f64>(y, sum(p));
    store<f64>(y, sum(q), 8);
    store<f64>(y, sum(r), 16);
    store<f64>(y, sum(s), 24);
    x += 4 * row;
    y += 32;
  }
}

/**
 * w += Xᵀ y.
 *
 * @param x [n, d] float32
 * @param y [n] float64
 * @param w [d] float64
 */
export function accumulate(x: usize, n: i32, d: i32, y: usize, w: usize): void {
  const row = <usize>d << 2;
  for (let i = 0; i < n; i += 4) {
    const p = v128.load64_splat(y);
    const q = v128.load64_splat(y, 8);
    const r = v128.load64_splat(y, 16);
    const s = v128.load64_splat(y, 24);
    for (let j: usize = 0; j < row; j += 8) {
      let z = v128.load(w + (j << 1));
      z = f64x2.add(z, f64x2.mul(p, pair(x + j)));
      z = f64x2.add(z, f64x2.mul(q, pair(x + row + j)));
      z = f64x2.add(z, f64x2.mul(r, pair(x + 2 * row + j)));
      z = f64x2.add(z, f64x2.mul(s, pair(x + 3 * row + j)));
      v128.store(w + (j << 1), z);
    }
    x += 4 * row;
    y += 32;
  }
}

/**
 * y = the squared distance of each row from a point.
 *
 * @param x [n, d] float32
 * @param v [d] float64
 * @param y [n] float64
 */
export function distances(x: usize, n: i32, d: i32, v: usize, y: usize): void {
  const row = <usize>d << 2;
  for (let i = 0; i < n; i++) {
    let p = f64x2.splat(0);
    for (let j: usize = 0; j < row; j += 8) {
      const apart = f64x2.sub(pair(x + j), v128.load(v + (j << 1)));
      p = f64x2.add(p, f64x2.mul(apart, apart));
    }
    store<f64>(y, sum(p));
    x += row;
    y += 8;
  }
}

/**
 * w += Xᵀ (X v − shift), four rows at a time, while they are in the first cache.
 *
 * @param x [n, d] float32
 * @param v [d] float64
 * @param y [4] float64, to work in
 * @param w [d] float64
 */
export function normal(x: usize, n: i32, d: i32, v: usize, shift: f64, y: usize, w: usize): void {
  for (let i = 0; i < n; i += 4) {
    project(x, 4, d, v, y);
    for (let k: usize = 0; k < 32; k += 8) store<f64>(y + k, load<f64>(y + k) - shift);
    accumulate(x, 4, d, y, w);
    x += <usize>d << 4;
  }
}

/**
 * C += (X − v)ᵀ (X − v), of which only tiles that reach to the diagonal or below it are computed.
 *
 * @param x [n, d] float32; d divides by 4
 * @param v [d] float64
 * @param z [n, d] float64, where X − v is put
 * @param c [d, d] float64
 */
export function moments(x: usize, n: i32, d: i32, v: usize, z: usize, c: usize): void {
  const row = <usize>d << 3;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < row; j += 16) {
      v128.store(z + i * row + j, f64x2.sub(pair(x + ((i * row + j) >> 1)), v128.load(v + j)));
    }
  }
  for (let i: usize = 0; i < row; i += 16) {
    for (let j: usize = 0; j <= i; j += 32) {
      const first = c + (i >> 3) * row + j;
      const second = first + row;
      let p = v128.load(first);
      let q = v128.load(first, 16);
      let r = v128.load(second);
      let s = v128.load(second, 16);
      let at = z;
      for (let k = 0; k < n; k++) {
        const a = v128.load64_splat(at + i);
        const b = v128.load64_splat(at + i, 8);
        const e = v128.load(at + j);
        const f = v128.load(at + j, 16);
        p = f64x2.add(p, f64x2.mul(a, e));
        q = f64x2.add(q, f64x2.mul(a, f));
        r = f64x2.add(r, f64x2.mul(b, e));
        s = f64x2.add(s, f64x2.mul(b, f));
        at += row;
      }
      v128.store(first, p);
      v128.store(first, q, 16);
      v128.store(second, r);
      v128.store(second, s, 16);
    }
  }
}
