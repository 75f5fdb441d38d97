/** Choosing what computes. */
import { OptionError } from '../errors/errors.ts';
import { deviceInfo, setDevice } from './devices.ts';

test('an unknown option is refused by name', async () => {
  const misspelt: object = { thread: 2 };
  await expect(setDevice('simd', misspelt)).rejects.toThrow(OptionError);
  await expect(setDevice('simd', misspelt)).rejects.toThrow('threads, halfWeights, got thread');
});

test('what computes is told, and how', async () => {
  await setDevice('simd', { threads: 2 });
  const { relaxedSimd, ...info } = await deviceInfo();
  expect(info).toEqual({ backend: 'simd', threads: 2, int8Kernel: expect.stringMatching(/^(i16|split)$/) });
  expect(typeof relaxedSimd).toBe('boolean');
  await setDevice('cpu');
  expect(await deviceInfo()).toEqual({ backend: 'cpu' });
});

test('a device that there is not is refused', async () => {
  await expect(setDevice('metal' as 'simd')).rejects.toThrow(
    'setDevice: expected one of auto, simd, cpu, tensorflow, cuda, webgpu, got "metal"',
  );
});

/** Runs something as in a browser. */
async function inBrowser(globals: object, run: () => Promise<void>): Promise<void> {
  const before = Object.keys(globals).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  const { process: node } = globalThis;
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  Reflect.deleteProperty(globalThis, 'process');
  try {
    await run();
  } finally {
    globalThis.process = node;
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}

test.each([
  ['without WebGPU', { navigator: {} }, 'got one without navigator.gpu'],
  [
    'on a page that is not secure',
    { navigator: {}, isSecureContext: false },
    'expected a secure page, got one that is not',
  ],
  ['without a GPU', { navigator: { gpu: { requestAdapter: async () => null } } }, 'got no adapter'],
  [
    'where the backend was not imported',
    { navigator: { gpu: { requestAdapter: async () => ({ info: {} }) } } },
    "import it in the page: import '@tensorflow/tfjs-backend-webgpu'",
  ],
])('webgpu is refused in a browser %s', (_, globals, words) =>
  inBrowser(globals, async () => {
    await expect(setDevice('webgpu')).rejects.toThrow(words);
  }),
);

test.each(['tensorflow', 'cuda'] as const)('%s is refused outside of Node', (device) =>
  inBrowser({}, async () => {
    await expect(setDevice(device)).rejects.toThrow(
      `setDevice: ${device} is native code, expected Node, got a browser`,
    );
  }),
);
