/** What logistic regression minimises, with its gradient, and a rough Hessian to go down by. */

import { weightedGram } from '../products/gram.ts';
import type { RowMatrix } from '../products/row-matrix.ts';
import { factorise, solveFactorised } from './cholesky.ts';
import type { Objective } from './minimise.ts';
import { softmaxRows } from './softmax-rows.ts';

/** Vectors with a 1 behind each for the intercept, and their classes. */
export interface Design {
  /** [n, D + 1] */
  readonly rows: Float32Array;
  /** D + 1 */
  readonly width: number;
  /** the same rows, for products with as many weights as there are outputs */
  readonly matrix: RowMatrix;
  /** [n] */
  readonly labels: Int32Array;
  /** rows of weights: a row for each class, or one where there are two */
  readonly outputs: number;
}

/**
 * C · Σ −log p(label) + ½ ‖W‖², divided by C; the intercepts are free. With one row p(1) is the sigmoid of the score, else p
 * is the softmax of scores.
 *
 * @returns a function of [outputs, D + 1], the intercept behind each row of weights
 */
export function logisticObjective({ matrix, width, labels }: Design, C: number): Objective {
  return (point, gradient) => {
    let value = 0;
    const sums = matrix.throughScores(point, (scores, row) => {
      value += lossAndResidual(scores, labels[row]!);
    });
    for (let i = 0; i < point.length; i++) {
      const decay = (i + 1) % width === 0 ? 0 : point[i]! / C;
      value += (decay * point[i]!) / 2;
      gradient[i] = sums[i]! + decay;
    }
    return value;
  };
}

/** −log p(label); scores become its derivatives by them. */
function lossAndResidual(scores: Float64Array, label: number): number {
  if (scores.length === 1) {
    const score = scores[0]!;
    scores[0] = 1 / (1 + Math.exp(-score)) - label;
    const signed = label === 1 ? -score : score;
    return Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
  }
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) most = Math.max(most, score);
  let total = 0;
  for (const score of scores) total += Math.exp(score - most);
  const loss = most + Math.log(total) - scores[label]!;
  for (let k = 0; k < scores.length; k++) scores[k] = Math.exp(scores[k]! - most) / total;
  scores[label] = scores[label]! - 1;
  return loss;
}

/**
 * The inverse of XᵀSX + 1/C, of which each class takes the same: S has for each vector the mean curvature of its loss at a point,
 * half of Σ p (1 − p). At weights of 0 it is about Böhning's bound of the Hessian. It makes the steps of L-BFGS as good for
 * features that vary together, as a model's do, as for independent ones.
 *
 * Source: Böhning, "Multinomial logistic regression algorithm", 1992.
 *
 * @param point [outputs, D + 1]
 * @returns multiplies [outputs, D + 1] in place
 */
export function logisticPreconditioner(
  design: Design,
  C: number,
  point: Float64Array,
): (vector: Float64Array) => void {
  const { width } = design;
  const matrix = gram(design, point);
  for (let d = 0; d < width - 1; d++) matrix[d * width + d] = matrix[d * width + d]! + 1 / C;
  factorise(matrix, width);
  return (vector) => solveFactorised(matrix, vector, width);
}

/** The lower triangle of XᵀSX. */
function gram({ rows, matrix, width, labels }: Design, point: Float64Array): Float64Array {
  const curvatures = new Float64Array(labels.length);
  matrix.throughScores(point, (scores, row) => {
    curvatures[row] = curvature(scores);
  });
  return weightedGram(rows, width, curvatures);
}

/** Half of Σ p (1 − p), at least a little, so that the matrix of a perfect fit can be factorised. */
function curvature(scores: Float64Array): number {
  const probabilities = softmaxRows(
    scores.length === 1 ? Float64Array.of(0, scores[0]!) : scores,
    Math.max(scores.length, 2),
  );
  return Math.max(probabilities.reduce((sum, p) => sum + p * (1 - p), 0) / 2, 1e-8);
}
