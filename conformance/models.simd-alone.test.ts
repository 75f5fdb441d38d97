/** Every model on the backend `simd` where nothing can be shared with workers. */
import { jest } from '@jest/globals';
import { setDevice } from '../backends/devices.ts';
import { currentSimd } from '../backends/simd/testing/current-simd.ts';
import { testEveryModel } from './testing/every-model.ts';

const note = jest.spyOn(console, 'warn').mockImplementation(() => undefined);

beforeAll(async () => {
  Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
  await setDevice('simd', { threads: 2 });
});

test('runs on the main thread alone, and says so', () => {
  expect(note).toHaveBeenCalledWith(expect.stringContaining('going on with 1 of 2 threads'));
  const { runtime } = currentSimd();
  expect(runtime.threads).toBe(1);
  expect(runtime.heap.shared).toBe(false);
});

testEveryModel();
