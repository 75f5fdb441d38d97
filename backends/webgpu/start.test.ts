/** Starting the device, what is said where it can't be, and what becomes of failures: on packages made up for the tests. */
import { Installation, type Outcome } from '../testing/installation.ts';
import { BACKEND, dawn } from './testing/stand-ins.ts';

const DAWN = 'webgpu';
const TFJS = '@tensorflow/tfjs-backend-webgpu';

let installation: Installation;

beforeAll(() => {
  installation = new Installation();
});

afterEach(() => {
  for (const name of [DAWN, TFJS]) installation.remove(name);
});

afterAll(() => installation.dispose());

/** Runs steps that may use `attempt`, which prints what a promise gives or throws. */
function run(steps: string): Outcome {
  return installation.run(`
    import { setDevice } from 'dinov2-tfjs';
    import { add, backend, getBackend, ones } from '@tensorflow/tfjs-core';
    const attempt = async (compute) => {
      try {
        console.log(await compute());
      } catch ({ name, message }) {
        console.log(name, message);
      }
    };
    ${steps}
  `);
}

const START = `await attempt(() => setDevice('webgpu')); console.log(getBackend() || 'no backend');`;

test.each([
  ['neither package', {}, `the package ${DAWN}, got no such package`],
  ['no backend', { [DAWN]: dawn({ adapter: true }) }, `the package ${TFJS}, got no such package`],
  [
    'what does not load',
    { [DAWN]: `throw new Error('no libstdc++');` },
    `the package ${DAWN}, got no libstdc++`,
  ],
])('%s installed is an error that says what to install', (_, packages: Record<string, string>, words) => {
  for (const [name, source] of Object.entries(packages)) installation.add(name, source);
  const { out, err } = run(`await setDevice('cpu'); ${START}`);
  expect(err).toBe('');
  expect(out).toBe(`DeviceError webgpu: expected ${words}; install it: npm install ${DAWN} ${TFJS}\ncpu\n`);
});

test('no adapter is an error', () => {
  installation.add(DAWN, dawn({ adapter: false }));
  installation.add(TFJS, BACKEND);
  expect(run(START).out).toBe(
    'DeviceError webgpu: expected a GPU that WebGPU can use, got no adapter; see docs/webgpu.md for drivers and flags, or use "simd"\nno backend\n',
  );
});

describe('with both packages', () => {
  beforeEach(() => {
    installation.add(DAWN, dawn({ adapter: true }));
    installation.add(TFJS, BACKEND);
  });

  test('starts once, and lets the process end', () => {
    const { out, err, status } = run(`
      ${START}
      const first = backend();
      await Promise.all([setDevice('webgpu'), setDevice('cpu'), setDevice('webgpu')]);
      await setDevice('webgpu');
      console.log(backend() === first, typeof navigator.gpu.requestAdapter);
    `);
    expect([out, err, status]).toEqual(['webgpu\nwebgpu\ntrue function\n', '', 0]);
  });

  test('a device that can not be made is an error', () => {
    expect(run(`globalThis.broken = 'all'; ${START}`).out).toBe(
      'DeviceError webgpu: expected acme a1 (driver 7) to start, got no device; use "simd"\nno backend\n',
    );
  });

  test('a kernel that is wrong is refused by name, and the backend is what it was', () => {
    const broken = {
      BatchMatMul: 'a product with transposed weights, one row [1, 1203] × [100, 1203]',
      Erf: 'a product with bias and GELU',
      Softmax: 'attention over 41 tokens',
      Sqrt: 'layer normalisation',
      Sigmoid: 'the gate of SwiGLU',
      Slice: 'cutting an image into patches',
      Concat: 'concatenation, transposition and slices',
    };
    const { out } = run(`
      await setDevice('cpu');
      for (globalThis.broken of ${JSON.stringify(Object.keys(broken))}) {
        ${START}
      }
      globalThis.broken = undefined;
      ${START}
    `);
    const lines = out.trim().split('\n');
    const refused = Object.values(broken).flatMap((operation) => [
      expect.stringMatching(
        `^DeviceError webgpu: expected right numbers of acme a1 \\(driver 7\\), got ${operation.replace(/[[\]]/g, '\\$&')} off by \\d\\.\\de[+-]\\d where \\d\\.\\de-\\d is allowed; update its driver or the browser, or use "simd"$`,
      ),
      'cpu',
    ]);
    expect(lines).toEqual([...refused, 'webgpu', 'webgpu']);
  });

  test.each([
    ['lost', 'lose', 'device lost (unknown): The driver was reset'],
    ['told to do what it can not', 'drop', 'Out of memory'],
  ])('what is computed after a GPU was %s is an error, until the device is set again', (_, event, got) => {
    const { out } = run(`
      await setDevice('webgpu');
      const x = ones([2]);
      backend().device.${event}();
      await null;
      await attempt(() => x.data());
      await attempt(() => x.dataSync());
      await attempt(() => backend().runWebGPUProgram());
      const lost = backend();
      ${START}
      console.log(backend() === lost);
      await attempt(() => x.data());
      await attempt(async () => (await add(ones([2]), 1).data()).join());
    `);
    const words = `DeviceError webgpu: expected acme a1 (driver 7) to compute, got ${got}; call setDevice("webgpu") again and load models anew, with fewer or smaller images if memory ran out, or use "simd"`;
    expect(out.trim().split('\n')).toEqual([words, words, words, 'webgpu', 'webgpu', 'false', words, '2,2']);
  });
});
