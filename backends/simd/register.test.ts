import { jest } from '@jest/globals';
import { backend } from '@tensorflow/tfjs-core';
import { setDevice } from '../../lib/devices.ts';
import { SimdBackend } from './simd-backend.ts';

test('whoever asks for the backend while it starts gets the same one, and the last word on threads', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  await Promise.all([
    setDevice('simd', { threads: 2 }),
    setDevice('simd'),
    setDevice('simd', { threads: 3 }),
  ]);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
  const current = backend();
  expect(current).toBeInstanceOf(SimdBackend);
  if (current instanceof SimdBackend) expect(current.runtime.threads).toBe(3);
});
