import { jest } from '@jest/globals';
import { setDevice } from '../../lib/devices.ts';
import { currentSimd } from './testing/current-simd.ts';

test('whoever asks for the backend while it starts gets the same one, and the last word on threads', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  await Promise.all([
    setDevice('simd', { threads: 2 }),
    setDevice('simd'),
    setDevice('simd', { threads: 3 }),
  ]);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
  expect(currentSimd().runtime.threads).toBe(3);
});
