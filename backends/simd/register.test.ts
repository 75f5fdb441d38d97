import { jest } from '@jest/globals';
import { removeBackend } from '@tensorflow/tfjs-core';
import { setDevice } from '../devices.ts';
import { currentSimd } from './testing/current-simd.ts';

let warn: jest.SpiedFunction<typeof console.warn>;

beforeEach(() => {
  warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
});

afterEach(() => {
  warn.mockRestore();
  removeBackend('simd');
});

test('whoever asks for the backend while it starts gets the same one, and the last word on threads', async () => {
  await Promise.all([
    setDevice('simd', { threads: 2 }),
    setDevice('simd'),
    setDevice('simd', { threads: 3 }),
  ]);
  expect(warn).not.toHaveBeenCalled();
  expect(currentSimd().runtime.threads).toBe(3);
});

test('a backend that began with one thread takes more', async () => {
  await setDevice('simd', { threads: 1 });
  expect(currentSimd().runtime.threads).toBe(1);
  await setDevice('simd', { threads: 4 });
  expect(warn).not.toHaveBeenCalled();
  expect(currentSimd().runtime.threads).toBe(4);
});
