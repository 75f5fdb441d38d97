/** The backend that computes, for tests that look into it. */
import { backend } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../simd-backend.ts';

/** TF.js's current backend, which has to be `simd`. */
export function currentSimd(): SimdBackend {
  const current = backend();
  if (!(current instanceof SimdBackend)) throw new Error('expected the backend simd');
  return current;
}
