/** The operations of the self-test in plain JavaScript and float64: the formulas, with nothing made fast. */
import { elementCount } from '../../shapes/element-count.ts';

/** x wᵀ of x [M, K] and w [N, K]: [M, N]. */
export function product(
  x: ArrayLike<number>,
  w: ArrayLike<number>,
  { M, K, N }: { M: number; K: number; N: number },
): Float64Array {
  return generate([M, N], (m, n) => sum(K, (k) => x[m * K + k]! * w[n * K + k]!));
}

/** x/2 · (1 + erf(x/√2)), with the Taylor series of erf, which the float64 of small x allows. */
export function gelu(x: number): number {
  const z = x * Math.SQRT1_2;
  // erf is 1 beyond 4.5 to 1e-9, and the terms of its series cancel
  if (Math.abs(z) > 4.5) return Math.max(x, 0);
  let erf = 0;
  for (let n = 0, term = z; n < 100; n++, term *= -(z * z) / n) erf += term / (2 * n + 1);
  return (x / 2) * (1 + (2 / Math.sqrt(Math.PI)) * erf);
}

/** softmax(Q Kᵀ · scale) V of packed queries, keys and values [B, T, 3·A·K]: [B, T, A·K]. */
export function attention(
  qkv: ArrayLike<number>,
  { B, T, A, K, scale }: { B: number; T: number; A: number; K: number; scale: number },
): Float64Array {
  const row = 3 * A * K;
  const weights = new Float64Array(T);
  return generate([B, T, A, K], (b, t, a, k) => {
    const query = (b * T + t) * row + a * K;
    const keys = b * T * row + (A + a) * K;
    // once for a head
    if (k === 0) {
      for (let s = 0; s < T; s++) {
        weights[s] = Math.exp(scale * sum(K, (i) => qkv[query + i]! * qkv[keys + s * row + i]!));
      }
    }
    return sum(T, (s) => weights[s]! * qkv[keys + s * row + A * K + k]!) / sum(T, (s) => weights[s]!);
  });
}

/** (x − mean) / √(var + epsilon) · gamma + beta over rows of gamma's length. */
export function layerNorm(
  x: ArrayLike<number>,
  gamma: ArrayLike<number>,
  beta: ArrayLike<number>,
  epsilon: number,
): Float64Array {
  const D = gamma.length;
  let [mean, deviation] = [0, 1];
  return generate([x.length / D, D], (row, d) => {
    // once for a row
    if (d === 0) {
      mean = sum(D, (i) => x[row * D + i]!) / D;
      deviation = Math.sqrt(sum(D, (i) => (x[row * D + i]! - mean) ** 2) / D + epsilon);
    }
    return ((x[row * D + d]! - mean) / deviation) * gamma[d]! + beta[d]!;
  });
}

/** silu(x₁) · x₂ of the halves of each row. */
export function siluGate(x: ArrayLike<number>, width: number): Float64Array {
  const S = width / 2;
  return generate([x.length / width, S], (row, s) => {
    const gate = x[row * width + s]!;
    return (gate / (1 + Math.exp(-gate))) * x[row * width + S + s]!;
  });
}

/** The whole square patches of an image [B, C, H, W]: [B, ⌊H/size⌋·⌊W/size⌋, C·size·size]. */
export function patches(
  image: ArrayLike<number>,
  { B, C, H, W, size }: { B: number; C: number; H: number; W: number; size: number },
): Float64Array {
  const shape = [B, Math.floor(H / size), Math.floor(W / size), C, size, size];
  return generate(
    shape,
    (b, row, column, c, y, x) => image[((b * C + c) * H + row * size + y) * W + column * size + x]!,
  );
}

/** [M, N] → [N, M] */
export function transpose(x: ArrayLike<number>, M: number, N: number): Float64Array {
  return generate([N, M], (n, m) => x[m * N + n]!);
}

/** The values of a tensor, row by row, of their indices. */
function generate(shape: readonly number[], at: (...index: number[]) => number): Float64Array {
  const index = shape.map(() => 0);
  const values = new Float64Array(elementCount(shape));
  for (let i = 0; i < values.length; i++) {
    values[i] = at(...index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
  return values;
}

function sum(count: number, term: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
}
