/** What logistic regression minimises, with its gradient, and a rough Hessian to go down by. */
import { factorise, solveFactorised } from './cholesky.ts';
import type { Objective } from './minimise.ts';

/** Vectors with a 1 behind each for the intercept, and their classes. */
export interface Design {
  /** [n, D + 1] */
  readonly rows: Float64Array;
  readonly width: number;
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
export function logisticObjective({ rows, width, labels, outputs }: Design, C: number): Objective {
  const residual = new Float64Array(outputs);
  return (point, gradient) => {
    let value = 0;
    gradient.fill(0);
    for (let k = 0; k < outputs; k++) {
      for (let i = k * width; i < (k + 1) * width - 1; i++) {
        value += (point[i]! * point[i]!) / (2 * C);
        gradient[i] = point[i]! / C;
      }
    }
    for (let n = 0; n < labels.length; n++) {
      const x = rows.subarray(n * width, (n + 1) * width);
      scoresOf(x, point, residual);
      value += lossAndResidual(residual, labels[n]!);
      addOuter(gradient, residual, x);
    }
    return value;
  };
}

/** Scores of one vector, two classes at a time. */
function scoresOf(x: Float64Array, point: Float64Array, scores: Float64Array): void {
  const width = x.length;
  let k = 0;
  for (; k + 1 < scores.length; k += 2) {
    const [first, second] = [k * width, (k + 1) * width];
    let [a, b] = [0, 0];
    for (let d = 0; d < width; d++) {
      a += x[d]! * point[first + d]!;
      b += x[d]! * point[second + d]!;
    }
    scores[k] = a;
    scores[k + 1] = b;
  }
  if (k < scores.length) {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += x[d]! * point[k * width + d]!;
    scores[k] = sum;
  }
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

/** gradient += residual ⊗ x */
function addOuter(gradient: Float64Array, residual: Float64Array, x: Float64Array): void {
  for (let k = 0, i = 0; k < residual.length; k++) {
    const factor = residual[k]!;
    for (let d = 0; d < x.length; d++, i++) gradient[i] = gradient[i]! + factor * x[d]!;
  }
}

/**
 * The inverse of a bound of the Hessian, the same for each class: κ · XᵀX + 1/C, with κ ½ for the softmax and ¼ for the sigmoid.
 * It makes the steps of L-BFGS as good for features that vary together, as a model's do, as for independent ones.
 *
 * Source: Böhning, "Multinomial logistic regression algorithm", 1992.
 *
 * @returns multiplies [outputs, D + 1] in place
 */
export function logisticPreconditioner(
  { rows, width, outputs }: Design,
  C: number,
): (vector: Float64Array) => void {
  const bound = gram(rows, width);
  const factor = outputs === 1 ? 0.25 : 0.5;
  for (let i = 0; i < bound.length; i++) bound[i] = bound[i]! * factor;
  for (let d = 0; d < width - 1; d++) bound[d * width + d] = bound[d * width + d]! + 1 / C;
  factorise(bound, width);
  return (vector) => {
    for (let k = 0; k < outputs; k++) solveFactorised(bound, vector.subarray(k * width, (k + 1) * width));
  };
}

/** The lower triangle of XᵀX, four rows of X at a time. */
function gram(rows: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width * width);
  const count = rows.length / width;
  const none = new Float64Array(width);
  for (let n = 0; n < count; n += 4) {
    const [a, b = none, c = none, d = none] = [0, 1, 2, 3]
      .filter((i) => n + i < count)
      .map((i) => rows.subarray((n + i) * width, (n + i + 1) * width));
    for (let i = 0; i < width; i++) {
      const [ai, bi, ci, di] = [a![i]!, b[i]!, c[i]!, d[i]!];
      for (let j = 0, to = i * width; j <= i; j++, to++) {
        sums[to] = sums[to]! + ai * a![j]! + bi * b[j]! + ci * c[j]! + di * d[j]!;
      }
    }
  }
  return sums;
}
