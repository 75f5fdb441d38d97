/** Products of rows with one vector. */
import { nextPair, pair, plus, sum } from './lanes';

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
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let p = f64x2.splat(0);
    let q = p;
    let r = p;
    let s = p;
    for (let j: usize = 0; j < row; j += 16) {
      const a = v128.load(v + (j << 1));
      p = plus(p, a, pair(x + j));
      q = plus(q, a, pair(x1 + j));
      r = plus(r, a, pair(x2 + j));
      s = plus(s, a, pair(x3 + j));
      const b = v128.load(v + (j << 1), 16);
      p = plus(p, b, nextPair(x + j));
      q = plus(q, b, nextPair(x1 + j));
      r = plus(r, b, nextPair(x2 + j));
      s = plus(s, b, nextPair(x3 + j));
    }
    store<f64>(y, sum(p));
    store<f64>(y, sum(q), 8);
    store<f64>(y, sum(r), 16);
    store<f64>(y, sum(s), 24);
    x = x3 + row;
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
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    const p = v128.load64_splat(y);
    const q = v128.load64_splat(y, 8);
    const r = v128.load64_splat(y, 16);
    const s = v128.load64_splat(y, 24);
    for (let j: usize = 0; j < row; j += 16) {
      // two sums in turns, so that neither waits for itself
      let a = v128.load(w + (j << 1));
      let b = v128.load(w + (j << 1), 16);
      a = plus(a, p, pair(x + j));
      b = plus(b, p, nextPair(x + j));
      a = plus(a, q, pair(x1 + j));
      b = plus(b, q, nextPair(x1 + j));
      a = plus(a, r, pair(x2 + j));
      b = plus(b, r, nextPair(x2 + j));
      a = plus(a, s, pair(x3 + j));
      b = plus(b, s, nextPair(x3 + j));
      v128.store(w + (j << 1), a);
      v128.store(w + (j << 1), b, 16);
    }
    x = x3 + row;
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
  for (let i = 0; i < n; i += 4) {
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let p = f64x2.splat(0);
    let q = p;
    let r = p;
    let s = p;
    for (let j: usize = 0; j < row; j += 8) {
      const w = v128.load(v + (j << 1));
      const a = f64x2.sub(pair(x + j), w);
      const b = f64x2.sub(pair(x1 + j), w);
      const c = f64x2.sub(pair(x2 + j), w);
      const e = f64x2.sub(pair(x3 + j), w);
      p = plus(p, a, a);
      q = plus(q, b, b);
      r = plus(r, c, c);
      s = plus(s, e, e);
    }
    store<f64>(y, sum(p));
    store<f64>(y, sum(q), 8);
    store<f64>(y, sum(r), 16);
    store<f64>(y, sum(s), 24);
    x = x3 + row;
    y += 32;
  }
}

/**
 * Takes a point from each row, in place.
 *
 * @param x [n, d] float32; n is any
 * @param m [d] float64
 */
export function centre(x: usize, n: i32, d: i32, m: usize): void {
  const row = <usize>d << 2;
  for (let i = 0; i < n; i++) {
    for (let j: usize = 0; j < row; j += 8) {
      const apart = f64x2.sub(pair(x + j), v128.load(m + (j << 1)));
      v128.store64_lane(x + j, f32x4.demote_f64x2_zero(apart), 0);
    }
    x += row;
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
 * v −= Bᵀ B v: what is left of a vector beside orthonormal ones.
 *
 * @param b [n, d] float64
 * @param v [d] float64
 * @param y [n] float64, to work in
 */
export function orthogonalise(b: usize, n: i32, d: i32, v: usize, y: usize): void {
  const row = <usize>d << 3;
  let at = b;
  let to = y;
  for (let i = 0; i < n; i += 4) {
    const b1 = at + row;
    const b2 = b1 + row;
    const b3 = b2 + row;
    let p = f64x2.splat(0);
    let q = p;
    let r = p;
    let s = p;
    for (let j: usize = 0; j < row; j += 16) {
      const w = v128.load(v + j);
      p = plus(p, w, v128.load(at + j));
      q = plus(q, w, v128.load(b1 + j));
      r = plus(r, w, v128.load(b2 + j));
      s = plus(s, w, v128.load(b3 + j));
    }
    store<f64>(to, -sum(p));
    store<f64>(to, -sum(q), 8);
    store<f64>(to, -sum(r), 16);
    store<f64>(to, -sum(s), 24);
    at = b3 + row;
    to += 32;
  }
  addRows(b, n, d, y, v);
}

/**
 * w += Bᵀ y.
 *
 * @param b [n, d] float64
 * @param y [n] float64
 * @param w [d] float64
 */
function addRows(b: usize, n: i32, d: i32, y: usize, w: usize): void {
  const row = <usize>d << 3;
  for (let i = 0; i < n; i += 4) {
    const b1 = b + row;
    const b2 = b1 + row;
    const b3 = b2 + row;
    const p = v128.load64_splat(y);
    const q = v128.load64_splat(y, 8);
    const r = v128.load64_splat(y, 16);
    const s = v128.load64_splat(y, 24);
    for (let j: usize = 0; j < row; j += 32) {
      let a = v128.load(w + j);
      let c = v128.load(w + j, 16);
      a = plus(a, p, v128.load(b + j));
      c = plus(c, p, v128.load(b + j, 16));
      a = plus(a, q, v128.load(b1 + j));
      c = plus(c, q, v128.load(b1 + j, 16));
      a = plus(a, r, v128.load(b2 + j));
      c = plus(c, r, v128.load(b2 + j, 16));
      a = plus(a, s, v128.load(b3 + j));
      c = plus(c, s, v128.load(b3 + j, 16));
      v128.store(w + j, a);
      v128.store(w + j, c, 16);
    }
    b = b3 + row;
    y += 32;
  }
}
