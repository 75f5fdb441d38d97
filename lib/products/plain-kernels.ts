/** The kernels of `assembly/index.ts` in JavaScript: the same sums in the same order, even columns and odd ones apart. */
import type { Kernels } from './kernels.ts';

/** @param buffer the memory in which places are */
export function plainKernels(buffer: ArrayBuffer): Kernels {
  const singles = new Float32Array(buffer);
  const doubles = new Float64Array(buffer);
  /** a · b, of places among values of either kind */
  const dot = (a: number, values: Float32Array | Float64Array, b: number, d: number): number => {
    let even = 0;
    let odd = 0;
    for (let j = 0; j < d; j += 2) {
      even += doubles[a + j]! * values[b + j]!;
      odd += doubles[a + j + 1]! * values[b + j + 1]!;
    }
    return even + odd;
  };
  /** to += weight · b */
  const add = (
    to: number,
    weight: number,
    values: Float32Array | Float64Array,
    b: number,
    d: number,
  ): void => {
    for (let j = 0; j < d; j++) doubles[to + j] = doubles[to + j]! + weight * values[b + j]!;
  };
  const kernels: Kernels = {
    project(x, n, d, v, y) {
      for (let i = 0; i < n; i++) doubles[y / 8 + i] = dot(v / 8, singles, x / 4 + i * d, d);
    },
    accumulate(x, n, d, y, w) {
      for (let i = 0; i < n; i++) add(w / 8, doubles[y / 8 + i]!, singles, x / 4 + i * d, d);
    },
    normal(x, n, d, v, shift, y, w) {
      for (let i = 0; i < n; i++) {
        const row = x + i * d * 4;
        kernels.project(row, 1, d, v, y);
        doubles[y / 8] = doubles[y / 8]! - shift;
        kernels.accumulate(row, 1, d, y, w);
      }
    },
    centre(x, n, d, m) {
      for (let i = 0; i < n * d; i++) singles[x / 4 + i] = singles[x / 4 + i]! - doubles[m / 8 + (i % d)]!;
    },
    roughNormal(x, n, d, v, y, s, w) {
      const [at, sums] = [v / 4, s / 4];
      const block = 64;
      for (let start = 0; start < n; start += block) {
        singles.fill(0, sums, sums + d);
        for (let i = start; i < Math.min(start + block, n); i++) {
          const row = x / 4 + i * d;
          const lanes = new Float32Array(4);
          for (let j = 0; j < d; j++) {
            lanes[j % 4] = lanes[j % 4]! + Math.fround(singles[at + j]! * singles[row + j]!);
          }
          const [a = 0, b = 0, c = 0, e = 0] = lanes;
          singles[y / 4] = Math.fround(a + c) + Math.fround(b + e);
          const weight = singles[y / 4]!;
          for (let j = 0; j < d; j++) {
            singles[sums + j] = singles[sums + j]! + Math.fround(weight * singles[row + j]!);
          }
        }
        add(w / 8, 1, singles, sums, d);
      }
    },
    distances(x, n, d, v, y) {
      for (let i = 0; i < n; i++) {
        const row = x / 4 + i * d;
        let even = 0;
        let odd = 0;
        for (let j = 0; j < d; j += 2) {
          even += (singles[row + j]! - doubles[v / 8 + j]!) ** 2;
          odd += (singles[row + j + 1]! - doubles[v / 8 + j + 1]!) ** 2;
        }
        doubles[y / 8 + i] = even + odd;
      }
    },
    orthogonalise(b, n, d, v, y) {
      for (let i = 0; i < n; i++) doubles[y / 8 + i] = -dot(v / 8, doubles, b / 8 + i * d, d);
      for (let i = 0; i < n; i++) add(v / 8, doubles[y / 8 + i]!, doubles, b / 8 + i * d, d);
    },
    scores(x, n, d, w, k, s) {
      for (let i = 0; i < n; i++) {
        for (let c = 0; c < k; c++) {
          doubles[s / 8 + i * k + c] = dot(w / 8 + c * d, singles, x / 4 + i * d, d);
        }
      }
    },
    addProducts(x, n, d, s, k, g) {
      for (let i = 0; i < n; i++) {
        for (let c = 0; c < k; c++) {
          add(g / 8 + c * d, doubles[s / 8 + i * k + c]!, singles, x / 4 + i * d, d);
        }
      }
    },
    gram(z, n, d, c) {
      for (let i = 0; i < d; i++) {
        const left = z / 8 + (i >> 2) * n * 4 + (i & 3);
        for (let j = 0; j <= i; j++) {
          const right = z / 8 + (j >> 2) * n * 4 + (j & 3);
          let sum = doubles[c / 8 + i * d + j]!;
          for (let k = 0; k < 4 * n; k += 4) sum += doubles[left + k]! * doubles[right + k]!;
          doubles[c / 8 + i * d + j] = sum;
        }
      }
    },
  };
  return kernels;
}
