/** Comparing TF.js's current backend with plain JavaScript in float64, operation by operation. */
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { CASES, type Case } from './self-test-cases.ts';

/** An operation that gives wrong numbers. */
export interface WrongOperation {
  /** in words */
  operation: string;
  /** the largest difference; NaN if a value is none */
  difference: number;
  /** what is allowed */
  bound: number;
}

/** Of the largest value, at least 1: an order more than the rounding of float32 comes to in these sizes. */
const TOLERANCE = 1e-5;

/**
 * Runs what a forward pass is made of in small sizes, all before any is read.
 *
 * @returns the first operation that is wrong; undefined if all are right
 */
export async function findWrongOperation(): Promise<WrongOperation | undefined> {
  const outputs: Tensor[] = [];
  try {
    for (const { inputs, compute } of CASES) outputs.push(tidy(() => compute(...inputs.map(asTensor))));
    // while the GPU computes
    const known = CASES.map((each) => each.known(...each.inputs.map(({ data }) => data)));
    const found = await Promise.all(outputs.map((output) => output.data()));
    return CASES.map(({ operation }, i) => ({ operation, ...compare(found[i]!, known[i]!) })).find(
      ({ difference, bound }) => !(difference <= bound),
    );
  } finally {
    for (const output of outputs) output.dispose();
  }
}

function asTensor({ data, shape }: Case['inputs'][number]): Tensor {
  return tensor(data, [...shape], 'float32');
}

function compare(found: ArrayLike<number>, known: Float64Array): Omit<WrongOperation, 'operation'> {
  let largest = 1;
  let difference = 0;
  // Math.max keeps NaN, which a value that is not there gives too
  for (const [i, value] of known.entries()) {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(found[i]! - value));
  }
  return { difference, bound: TOLERANCE * largest };
}
