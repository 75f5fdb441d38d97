/** Every model on the backend `simd` where nothing can be shared with workers. */
import { jest } from '@jest/globals';
import { backend } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../backends/simd/simd-backend.ts';
import { setDevice } from '../lib/devices.ts';
import { testEveryModel } from './testing/every-model.ts';

const note = jest.spyOn(console, 'warn').mockImplementation(() => undefined);

beforeAll(async () => {
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
  await setDevice('simd', { threads: 2 });
});

test('runs on the main thread alone, and says so', () => {
  expect(note).toHaveBeenCalledWith(expect.stringContaining('going on with 1 of 2 threads'));
  const current = backend();
  if (!(current instanceof SimdBackend)) throw new Error('expected simd');
  expect(current.runtime.threads).toBe(1);
  expect(current.runtime.heap.shared).toBe(false);
});

testEveryModel();
