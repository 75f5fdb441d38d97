/** Comparing outputs that two engines have computed. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { missesOf } from '../../testing/close.ts';

/**
 * Expects the same names, dtypes and shapes; whole numbers and truths to be equal, and fractions to differ by no more than
 * `tolerance` times the reference's value or 1, whichever is larger.
 */
export function expectClose(
  actual: Readonly<Record<string, Tensor>>,
  reference: Readonly<Record<string, Tensor>>,
  tolerance: number,
): void {
  expect(types(actual)).toEqual(types(reference));
  for (const [name, expected] of Object.entries(reference)) {
    const allowed = expected.dtype === 'float32' ? tolerance : 0;
    const misses = missesOf(actual[name]?.dataSync() ?? [], expected.dataSync(), allowed);
    expect({ name, misses }).toEqual({ name, misses: [] });
  }
}

function types(outputs: Readonly<Record<string, Tensor>>): unknown {
  return Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
}
