/**
 * Runs around every test: no test may leave a tensor behind, and typed arrays are compared as quickly as they can be.
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

/** A view's bytes, of this realm or another. */
const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Views of one type with the same bytes are equal; for all else jest goes through values one by one, ten million a minute. */
function sameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined;
}

// @types/jest lacks it
(expect as typeof expect & { addEqualityTesters(testers: unknown[]): void }).addEqualityTesters([sameBytes]);
