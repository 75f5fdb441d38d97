/** Gradients in plain loops and float64: what the kernels are measured by. */
import { type AttentionCase, attentionWeights64, headPlaces } from './float64.ts';

// in jest's contexts a global is slow to find, which tells where a loop is long
const { exp, sqrt } = Math;

/**
 * The gradient of softmax(Q Kᵀ · scale + mask) V for every head, by the chain rule through the whole matrix of weights.
 *
 * @param dy the gradient by the result, [B, T, A·K]
 * @returns [B, T, 3·A·K]
 */
export function attentionBackward64(given: AttentionCase, dy: Float32Array): Float64Array {
  const { qkv, B, T, A, K, scale } = given;
  const dqkv = new Float64Array(qkv.length);
  const weights = new Float64Array(T);
  const dWeights = new Float64Array(T);
  for (let pair = 0; pair < B * A; pair++) {
    const [b, head] = [Math.floor(pair / A), pair % A];
    const { row, queries, keys, values } = headPlaces(given, b, head);
    for (let query = 0; query < T; query++) {
      const q = queries + query * row;
      const d = (b * T + query) * A * K + head * K;
      attentionWeights64(given, [b, head, query], weights);
      let mean = 0;
      for (let key = 0; key < T; key++) {
        let dWeight = 0;
        for (let k = 0; k < K; k++) {
          dWeight += dy[d + k]! * qkv[values + key * row + k]!;
          dqkv[values + key * row + k] = dqkv[values + key * row + k]! + weights[key]! * dy[d + k]!;
        }
        dWeights[key] = dWeight;
        mean += dWeight * weights[key]!;
      }
      for (let key = 0; key < T; key++) {
        const dScore = weights[key]! * (dWeights[key]! - mean) * scale;
        for (let k = 0; k < K; k++) {
          dqkv[q + k] = dqkv[q + k]! + dScore * qkv[keys + key * row + k]!;
          dqkv[keys + key * row + k] = dqkv[keys + key * row + k]! + dScore * qkv[q + k]!;
        }
      }
    }
  }
  return dqkv;
}

/** A normalisation of rows [rows, width] and the gradient by its result; arrays are row-major. */
export interface LayerNormCase {
  x: Float32Array;
  gamma: Float32Array;
  dy: Float32Array;
  epsilon: number;
}

/** The gradients of (x − mean)/√(var + epsilon) · gamma + beta by x, gamma and beta. */
export function layerNormBackward64({ x, gamma, dy, epsilon }: LayerNormCase): Float64Array[] {
  const D = gamma.length;
  const [dx, dGamma, dBeta] = [x.length, D, D].map((size) => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / D;
  for (let from = 0; from < x.length; from += D) {
    const row = Float64Array.from(x.subarray(from, from + D));
    const centre = mean(row);
    const deviation = sqrt(mean(row.map((value) => (value - centre) ** 2)) + epsilon);
    const normed = row.map((value) => (value - centre) / deviation);
    const g = row.map((_, k) => dy[from + k]! * gamma[k]!);
    const [meanOfG, meanOfProduct] = [mean(g), mean(g.map((value, k) => value * normed[k]!))];
    for (let k = 0; k < D; k++) {
      dx[from + k] = (g[k]! - meanOfG - normed[k]! * meanOfProduct) / deviation;
      dGamma[k] = dGamma[k]! + dy[from + k]! * normed[k]!;
      dBeta[k] = dBeta[k]! + dy[from + k]!;
    }
  }
  return [dx, dGamma, dBeta];
}

/** The derivative of x · Φ(x), its distribution as a series that takes |x| ≤ 8. */
export function geluSlope64(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 3; n < 300; n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  const density = exp((-x * x) / 2) / sqrt(2 * Math.PI);
  return 0.5 + density * sum + x * density;
}

/**
 * The gradient of silu(x₁) · x₂ by x, rows of `width` gates and as many values.
 *
 * @param dy [rows, width]
 * @returns [rows, 2 · width]
 */
export function siluGateBackward64(x: Float32Array, dy: Float32Array, width: number): Float64Array {
  const dx = new Float64Array(x.length);
  for (const [i, by] of dy.entries()) {
    const at = Math.floor(i / width) * 2 * width + (i % width);
    const [gate, value] = [x[at]!, x[at + width]!];
    const sigma = 1 / (1 + exp(-gate));
    dx[at] = by * value * sigma * (1 + gate * (1 - sigma));
    dx[at + width] = by * gate * sigma;
  }
  return dx;
}
