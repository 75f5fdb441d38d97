/** Products and attention in plain loops and float64: what the kernels are measured by. */

// in jest's contexts a global is slow to find, which tells where a loop is long
const { exp, max } = Math;

/** A product with its epilogue; arrays are row-major. */
export interface LinearCase {
  x: Float32Array;
  weight: Float32Array;
  M: number;
  K: number;
  N: number;
  bias?: Float32Array;
}

/**
 * x Wᵀ + b.
 *
 * @returns [M, N]
 */
export function linear64({ x, weight, M, K, N, bias }: LinearCase): Float64Array {
  const y = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = bias?.[n] ?? 0;
      for (let k = 0; k < K; k++) sum += x[m * K + k]! * weight[n * K + k]!;
      y[m * N + n] = sum;
    }
  }
  return y;
}

/** Queries, keys and values of every head, and what their scores are multiplied by. */
export interface AttentionCase {
  /** [B, T, 3·A·K] */
  qkv: Float32Array;
  B: number;
  T: number;
  A: number;
  K: number;
  scale: number;
  /** what is added to the score of a query and a key in an image */
  mask?: (image: number, query: number, key: number) => number;
}

/** Where in qkv the rows of a head are: its queries', keys' and values', and from one token to the next. */
export function headPlaces({ T, A, K }: AttentionCase, b: number, head: number) {
  const row = 3 * A * K;
  const queries = b * T * row + head * K;
  return { row, queries, keys: queries + A * K, values: queries + 2 * A * K };
}

/**
 * The weights of one query: the softmax of its scores.
 *
 * @param weights [T], written
 */
export function attentionWeights64(
  given: AttentionCase,
  [b, head, query]: readonly [number, number, number],
  weights: Float64Array,
): void {
  const { qkv, T, K, scale, mask } = given;
  const { row, queries, keys } = headPlaces(given, b, head);
  let top = -Infinity;
  for (let key = 0; key < T; key++) {
    let score = 0;
    for (let k = 0; k < K; k++) score += qkv[queries + query * row + k]! * qkv[keys + key * row + k]!;
    weights[key] = score * scale + (mask?.(b, query, key) ?? 0);
    top = max(top, weights[key]!);
  }
  let total = 0;
  for (let key = 0; key < T; key++) total += weights[key] = exp(weights[key]! - top);
  for (let key = 0; key < T; key++) weights[key] = weights[key]! / total;
}

/**
 * softmax(Q Kᵀ · scale + mask) V for every head.
 *
 * @returns [B, T, A·K]
 */
export function attention64(given: AttentionCase): Float64Array {
  const { qkv, B, T, A, K } = given;
  const output = new Float64Array(B * T * A * K);
  const weights = new Float64Array(T);
  for (let pair = 0; pair < B * A; pair++) {
    const [b, head] = [Math.floor(pair / A), pair % A];
    const { row, values } = headPlaces(given, b, head);
    for (let query = 0; query < T; query++) {
      attentionWeights64(given, [b, head, query], weights);
      const sums = output.subarray((b * T + query) * A * K + head * K).subarray(0, K);
      for (let key = 0; key < T; key++) {
        for (let k = 0; k < K; k++) sums[k] = sums[k]! + weights[key]! * qkv[values + key * row + k]!;
      }
    }
  }
  return output;
}
