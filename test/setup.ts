/**
 * Runs around every test: no test may leave a tensor behind.
 *
 * A test that keeps tensors on purpose disposes them in its own `afterAll`, or creates them in `beforeAll`,
 * which runs before the baseline is taken.
 */
import { engine } from '@tensorflow/tfjs-core';

let tensorsBefore = 0;

beforeEach(() => {
  tensorsBefore = engine().state.numTensors;
});

afterEach(() => {
  const left = engine().state.numTensors - tensorsBefore;
  if (left !== 0) throw new Error(`test left ${left} tensor(s) undisposed`);
});
