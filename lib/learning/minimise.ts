/** Minima of smooth convex functions in float64, by L-BFGS. */

import { addScaled, dot } from '../products/vectors.ts';
import { type Along, wolfeStep } from './line-search.ts';

/** The value of a function at a point; writes its gradient into the array given. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** What is told to `minimise`. */
export interface MinimiseSettings {
  /** the largest component of the gradient at which it is content */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** the inverse of a rough Hessian times a vector, in place */
  readonly precondition: (vector: Float64Array) => void;
}

/** Where a search ended. */
export interface Minimum {
  readonly point: Float64Array;
  readonly value: number;
  /** the largest component of the gradient there */
  readonly largestGradient: number;
  readonly iterations: number;
}

/** How many pairs of steps and changes of the gradient are kept. */
const MEMORY = 20;

interface Pair {
  step: Float64Array;
  change: Float64Array;
  /** 1 / step · change */
  inverse: number;
}

/**
 * Goes down from a point until the gradient vanishes, the iterations are used up, or rounding leaves nothing to gain.
 *
 * Source: Liu and Nocedal, 1989, with the strong Wolfe conditions.
 *
 * @param start borrowed
 */
export function minimise(objective: Objective, start: Float64Array, settings: MinimiseSettings): Minimum {
  let point = start.slice();
  let gradient = new Float64Array(start.length);
  let value = objective(point, gradient);
  const pairs: Pair[] = [];
  let iterations = 0;
  for (; iterations < settings.maxIterations; iterations++) {
    if (largestOf(gradient) <= settings.tolerance) break;
    const direction = descent(gradient, pairs, settings.precondition);
    const slope = dot(direction, gradient);
    let next = point;
    let nextGradient = gradient;
    const at = (step: number): Along => {
      next = point.map((each, i) => each + step * direction[i]!);
      nextGradient = new Float64Array(start.length);
      const found = objective(next, nextGradient);
      return { step, value: found, slope: dot(direction, nextGradient) };
    };
    const taken = wolfeStep(at, { step: 0, value, slope }, 1);
    if (taken === undefined) break;
    const step = direction.map((each) => each * taken.step);
    const change = nextGradient.map((each, i) => each - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, inverse: 1 / curvature });
    if (pairs.length > MEMORY) pairs.shift();
    point = next;
    gradient = nextGradient;
    value = taken.value;
  }
  return { point, value, largestGradient: largestOf(gradient), iterations };
}

/** Minus the approximate inverse Hessian times the gradient: the two loops of L-BFGS. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: (vector: Float64Array) => void,
): Float64Array {
  const direction = gradient.map((each) => -each);
  const along = pairs.map(() => 0);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, inverse } = pairs[p]!;
    along[p] = inverse * dot(step, direction);
    addScaled(direction, -along[p]!, change);
  }
  precondition(direction);
  for (const [p, { step, change, inverse }] of pairs.entries()) {
    addScaled(direction, along[p]! - inverse * dot(change, direction), step);
  }
  return direction;
}

function largestOf(vector: Float64Array): number {
  return vector.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
}
