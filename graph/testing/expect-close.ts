/** Comparing outputs that two engines have computed. */
import type { Tensor } from '@tensorflow/tfjs-core';

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
    const values = actual[name]?.dataSync() ?? [];
    const wrong = [...expected.dataSync()].flatMap((want, i) => {
      const got = values[i] ?? Number.NaN;
      const allowed = expected.dtype === 'float32' ? tolerance * Math.max(1, Math.abs(want)) : 0;
      return Object.is(got, want) || Math.abs(got - want) <= allowed ? [] : [{ name, i, want, got }];
    });
    expect(wrong).toEqual([]);
  }
}

function types(outputs: Readonly<Record<string, Tensor>>): unknown {
  return Object.entries(outputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
}
