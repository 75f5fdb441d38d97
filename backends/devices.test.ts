/** Choosing what computes. */
import { OptionError } from '../errors/errors.ts';
import { setDevice } from './devices.ts';

test('an unknown option is refused by name', async () => {
  const misspelt: object = { thread: 2 };
  await expect(setDevice('simd', misspelt)).rejects.toThrow(OptionError);
  await expect(setDevice('simd', misspelt)).rejects.toThrow('threads, halfWeights, got thread');
});

test('webgpu is refused', async () => {
  await expect(setDevice('webgpu')).rejects.toThrow('webgpu is not available in this version; use "simd"');
});

test.each(['tensorflow', 'cuda'] as const)('%s is refused outside of Node', async (device) => {
  const { process: node } = globalThis;
  Reflect.deleteProperty(globalThis, 'process');
  try {
    await expect(setDevice(device)).rejects.toThrow(
      `setDevice: ${device} is native code, expected Node, got a browser`,
    );
  } finally {
    globalThis.process = node;
  }
});
