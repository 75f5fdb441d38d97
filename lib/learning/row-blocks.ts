/** Products of four vectors with weights at once, and back: what makes loops over many images fast in plain JavaScript. */

/** Vectors that are taken together. */
export const BLOCK_ROWS = 4;

/**
 * Scores of four vectors.
 *
 * @param rows [.., width], of which the four from `first` on are taken
 * @param weights [outputs, width], an even number of them
 * @param scores [4, outputs], written
 */
export function scoreBlock(
  rows: Float64Array,
  first: number,
  weights: Float64Array,
  scores: Float64Array,
  width: number,
): void {
  const outputs = weights.length / width;
  const x0 = first * width;
  const x1 = x0 + width;
  const x2 = x1 + width;
  const x3 = x2 + width;
  for (let k = 0; k < outputs; k += 2) {
    const w0 = k * width;
    const w1 = w0 + width;
    let a0 = 0;
    let a1 = 0;
    let a2 = 0;
    let a3 = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    let b3 = 0;
    for (let d = 0; d < width; d++) {
      const a = weights[w0 + d]!;
      const b = weights[w1 + d]!;
      const y0 = rows[x0 + d]!;
      const y1 = rows[x1 + d]!;
      const y2 = rows[x2 + d]!;
      const y3 = rows[x3 + d]!;
      a0 += a * y0;
      a1 += a * y1;
      a2 += a * y2;
      a3 += a * y3;
      b0 += b * y0;
      b1 += b * y1;
      b2 += b * y2;
      b3 += b * y3;
    }
    scores[k] = a0;
    scores[outputs + k] = a1;
    scores[2 * outputs + k] = a2;
    scores[3 * outputs + k] = a3;
    scores[k + 1] = b0;
    scores[outputs + k + 1] = b1;
    scores[2 * outputs + k + 1] = b2;
    scores[3 * outputs + k + 1] = b3;
  }
}

/**
 * Adds to a gradient by the weights what four vectors give: gradient += residualᵀ · rows.
 *
 * @param rows [.., width], of which the four from `first` on are taken
 * @param residual [4, outputs]
 * @param gradient [outputs, width], an even number of outputs
 */
export function addBlock(
  rows: Float64Array,
  first: number,
  gradient: Float64Array,
  residual: Float64Array,
  width: number,
): void {
  const outputs = gradient.length / width;
  const x0 = first * width;
  const x1 = x0 + width;
  const x2 = x1 + width;
  const x3 = x2 + width;
  for (let k = 0; k < outputs; k += 2) {
    const g0 = k * width;
    const g1 = g0 + width;
    const a0 = residual[k]!;
    const a1 = residual[outputs + k]!;
    const a2 = residual[2 * outputs + k]!;
    const a3 = residual[3 * outputs + k]!;
    const b0 = residual[k + 1]!;
    const b1 = residual[outputs + k + 1]!;
    const b2 = residual[2 * outputs + k + 1]!;
    const b3 = residual[3 * outputs + k + 1]!;
    for (let d = 0; d < width; d++) {
      const y0 = rows[x0 + d]!;
      const y1 = rows[x1 + d]!;
      const y2 = rows[x2 + d]!;
      const y3 = rows[x3 + d]!;
      gradient[g0 + d] = gradient[g0 + d]! + a0 * y0 + a1 * y1 + a2 * y2 + a3 * y3;
      gradient[g1 + d] = gradient[g1 + d]! + b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3;
    }
  }
}
