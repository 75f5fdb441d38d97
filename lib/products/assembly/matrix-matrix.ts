/** Products of rows with rows. */
import { pair, plus, sum } from './lanes';

/**
 * S = X Wᵀ, a tile of four rows and two weights at a time.
 *
 * @param x [n, d] float32
 * @param w [k, d] float64, k even
 * @param s [n, k] float64
 */
export function scores(x: usize, n: i32, d: i32, w: usize, k: i32, s: usize): void {
  const row = <usize>d << 2;
  const next = <usize>k << 3;
  for (let i = 0; i < n; i += 4) {
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let v = w;
    for (let c: usize = 0; c < next; c += 16) {
      const u = v + 2 * row;
      let a0 = f64x2.splat(0);
      let a1 = a0;
      let a2 = a0;
      let a3 = a0;
      let b0 = a0;
      let b1 = a0;
      let b2 = a0;
      let b3 = a0;
      for (let j: usize = 0; j < row; j += 8) {
        const a = v128.load(v + (j << 1));
        const b = v128.load(u + (j << 1));
        let y = pair(x + j);
        a0 = plus(a0, a, y);
        b0 = plus(b0, b, y);
        y = pair(x1 + j);
        a1 = plus(a1, a, y);
        b1 = plus(b1, b, y);
        y = pair(x2 + j);
        a2 = plus(a2, a, y);
        b2 = plus(b2, b, y);
        y = pair(x3 + j);
        a3 = plus(a3, a, y);
        b3 = plus(b3, b, y);
      }
      let to = s + c;
      store<f64>(to, sum(a0));
      store<f64>(to, sum(b0), 8);
      to += next;
      store<f64>(to, sum(a1));
      store<f64>(to, sum(b1), 8);
      to += next;
      store<f64>(to, sum(a2));
      store<f64>(to, sum(b2), 8);
      to += next;
      store<f64>(to, sum(a3));
      store<f64>(to, sum(b3), 8);
      v = u + 2 * row;
    }
    s += 4 * next;
    x = x3 + row;
  }
}

/**
 * G += Sᵀ X, four rows and two weights at a time.
 *
 * @param x [n, d] float32
 * @param s [n, k] float64, k even
 * @param g [k, d] float64
 */
export function addProducts(x: usize, n: i32, d: i32, s: usize, k: i32, g: usize): void {
  const row = <usize>d << 2;
  const next = <usize>k << 3;
  for (let i = 0; i < n; i += 4) {
    const x1 = x + row;
    const x2 = x1 + row;
    const x3 = x2 + row;
    let v = g;
    for (let c: usize = 0; c < next; c += 16) {
      const u = v + 2 * row;
      let at = s + c;
      const a0 = v128.load64_splat(at);
      const b0 = v128.load64_splat(at, 8);
      at += next;
      const a1 = v128.load64_splat(at);
      const b1 = v128.load64_splat(at, 8);
      at += next;
      const a2 = v128.load64_splat(at);
      const b2 = v128.load64_splat(at, 8);
      at += next;
      const a3 = v128.load64_splat(at);
      const b3 = v128.load64_splat(at, 8);
      for (let j: usize = 0; j < row; j += 8) {
        let a = v128.load(v + (j << 1));
        let b = v128.load(u + (j << 1));
        let y = pair(x + j);
        a = plus(a, a0, y);
        b = plus(b, b0, y);
        y = pair(x1 + j);
        a = plus(a, a1, y);
        b = plus(b, b1, y);
        y = pair(x2 + j);
        a = plus(a, a2, y);
        b = plus(b, b2, y);
        y = pair(x3 + j);
        a = plus(a, a3, y);
        b = plus(b, b3, y);
        v128.store(v + (j << 1), a);
        v128.store(u + (j << 1), b);
      }
      v = u + 2 * row;
    }
    s += 4 * next;
    x = x3 + row;
  }
}

/**
 * C += ZᵀZ, of which only tiles of 4 × 4 that reach to the diagonal or below it are computed.
 *
 * @param z [d / 4, n, 4] float64: four columns of all rows, then the next four; n is any
 * @param c [d, d] float64
 */
export function gram(z: usize, n: i32, d: i32, c: usize): void {
  const row = <usize>d << 3;
  const panel = <usize>n << 5;
  let left = z;
  for (let i: usize = 0; i < row; i += 32) {
    let right = z;
    for (let j: usize = 0; j <= i; j += 32) {
      const c0 = c + (i >> 3) * row + j;
      const c1 = c0 + row;
      const c2 = c1 + row;
      const c3 = c2 + row;
      let a0 = v128.load(c0);
      let b0 = v128.load(c0, 16);
      let a1 = v128.load(c1);
      let b1 = v128.load(c1, 16);
      let a2 = v128.load(c2);
      let b2 = v128.load(c2, 16);
      let a3 = v128.load(c3);
      let b3 = v128.load(c3, 16);
      for (let k: usize = 0; k < panel; k += 32) {
        const a = v128.load(right + k);
        const b = v128.load(right + k, 16);
        let w = v128.load64_splat(left + k);
        a0 = plus(a0, w, a);
        b0 = plus(b0, w, b);
        w = v128.load64_splat(left + k, 8);
        a1 = plus(a1, w, a);
        b1 = plus(b1, w, b);
        w = v128.load64_splat(left + k, 16);
        a2 = plus(a2, w, a);
        b2 = plus(b2, w, b);
        w = v128.load64_splat(left + k, 24);
        a3 = plus(a3, w, a);
        b3 = plus(b3, w, b);
      }
      v128.store(c0, a0);
      v128.store(c0, b0, 16);
      v128.store(c1, a1);
      v128.store(c1, b1, 16);
      v128.store(c2, a2);
      v128.store(c2, b2, 16);
      v128.store(c3, a3);
      v128.store(c3, b3, 16);
      right += panel;
    }
    left += panel;
  }
}
