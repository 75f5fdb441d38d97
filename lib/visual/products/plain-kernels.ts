/** The kernels of `assembly/index.ts` in JavaScript: the same sums in the same order, even columns and odd ones apart. */
import type { Kernels } from './kernels.ts';

/** @param buffer the memory in which places are */
export function plainKernels(buffer: ArrayBuffer): Kernels {
  const singles = new Float32Array(buffer);
  const doubles = new Float64Array(buffer);
  const kernels: Kernels = {
    project(x, n, d, v, y) {
      for (let i = 0; i < n; i++) {
        const row = x / 4 + i * d;
        let even = 0;
        let odd = 0;
        for (let j = 0; j < d; j += 2) {
          even += doubles[v / 8 + j]! * singles[row + j]!;
          odd += doubles[v / 8 + j + 1]! * singles[row + j + 1]!;
        }
        doubles[y / 8 + i] = even + odd;
      }
    },
    accumulate(x, n, d, y, w) {
      for (let i = 0; i < n; i++) {
        const row = x / 4 + i * d;
        const weight = doubles[y / 8 + i]!;
        for (let j = 0; j < d; j++) {
          doubles[w / 8 + j] = doubles[w / 8 + j]! + weight * singles[row + j]!;
        }
      }
    },
    normal(x, n, d, v, shift, y, w) {
      for (let i = 0; i < n; i++) {
        const row = x + i * d * 4;
        kernels.project(row, 1, d, v, y);
        doubles[y / 8] = doubles[y / 8]! - shift;
        kernels.accumulate(row, 1, d, y, w);
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
    moments(x, n, d, v, z, c) {
      for (let k = 0; k < n * d; k++) doubles[z / 8 + k] = singles[x / 4 + k]! - doubles[v / 8 + (k % d)]!;
      for (let k = 0; k < n; k++) {
        const row = doubles.subarray(z / 8 + k * d, z / 8 + (k + 1) * d);
        for (let i = 0; i < d; i++) {
          const weight = row[i]!;
          const to = c / 8 + i * d;
          for (let j = 0; j <= i; j++) doubles[to + j] = doubles[to + j]! + weight * row[j]!;
        }
      }
    },
  };
  return kernels;
}
