/** Which package is loaded, with which settings, and what is said where it can't be: on packages made up for the tests. */
import { Installation } from '../testing/installation.ts';

const NODE = '@tensorflow/tfjs-node';
const NODE_GPU = '@tensorflow/tfjs-node-gpu';

/** A package that registers a backend as tfjs-node does, and says by which name it was loaded. */
function standIn(name: string, { gpu }: { gpu: boolean }): string {
  return `
    const { registerBackend, setBackend } = require('@tensorflow/tfjs-core');
    const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu');
    class Backend extends MathBackendCPU {
      isUsingGpuDevice = ${gpu};
    }
    console.log('${name}');
    registerBackend('tensorflow', () => new Backend(), 3);
    setBackend('tensorflow');
  `;
}

/** Calls setDevice and prints what it returns or throws, and the backend that is current then. */
function choose(...calls: string[]): string {
  const steps = calls.map(
    (call) =>
      `await setDevice(${call}).then(console.log, ({ name, message }) => console.log(name, message));`,
  );
  return `
    import { setDevice } from 'dinov2-tfjs';
    import { getBackend } from '@tensorflow/tfjs-core';
    ${steps.join('\n')}
    console.log(getBackend() || 'no backend');
  `;
}

let installation: Installation;

beforeAll(() => {
  installation = new Installation();
});

afterEach(() => {
  for (const name of [NODE, NODE_GPU]) installation.remove(name);
});

afterAll(() => installation.dispose());

test.each([
  ['tensorflow', `${NODE} or ${NODE_GPU}`],
  ['cuda', `${NODE_GPU} or ${NODE}`],
])('%s without a package says what to install, and leaves the backend alone', (device, packages) => {
  const { out, err } = installation.run(choose(`'cpu'`, `'${device}'`));
  expect(err).toBe('');
  expect(out.split('\n')).toEqual([
    'cpu',
    `DeviceError ${device}: expected the package ${packages}, got neither; install it: npm install ${NODE}, or see docs/tensorflow.md`,
    'cpu',
    '',
  ]);
});

test.each([
  [
    'has no add-on',
    `throw new Error('The add-on can not be found at path: x.node. \\nPlease run');`,
    'The add-on can not be found at path: x.node',
  ],
  ['throws what is no error', `throw 'no';`, 'no'],
  ['lacks a package of its own', `require('@tensorflow/tfjs');`, `Cannot find module '@tensorflow/tfjs'`],
])('a package that %s is an error in one line with the reason', (_, source, reason) => {
  installation.add(NODE, source);
  const { out } = installation.run(choose(`'tensorflow'`));
  expect(out.split('\n')[0]).toBe(
    `DeviceError tensorflow: expected ${NODE} to load, got ${reason}; build its add-on, see docs/tensorflow.md`,
  );
});

test('a package that registers nothing is an error', () => {
  installation.add(NODE, '');
  expect(installation.run(choose(`'tensorflow'`)).out).toContain(
    'DeviceError tensorflow: expected the package to register the backend tensorflow, got none',
  );
});

test.each([
  ['tensorflow', NODE],
  ['cuda', NODE_GPU],
])('%s takes %s where both packages are', (device, name) => {
  for (const each of [NODE, NODE_GPU]) installation.add(each, standIn(each, { gpu: true }));
  expect(installation.run(choose(`'${device}'`)).out).toBe(`${name}\ntensorflow\ntensorflow\n`);
});

test('cuda is refused where TensorFlow has no GPU, and the backend is what it was', () => {
  installation.add(NODE, standIn(NODE, { gpu: false }));
  const { out } = installation.run(choose(`'cpu'`, `'cuda'`));
  expect(out).toMatch(/^cpu\n.*\nDeviceError cuda: expected TensorFlow to find a GPU, got none; .*\ncpu\n$/);
});

test('TensorFlow is set up before it is loaded, and what the user has set stays', () => {
  const settings = [
    'TF_CPP_MIN_LOG_LEVEL',
    'TF_ENABLE_ONEDNN_OPTS',
    'NVIDIA_TF32_OVERRIDE',
    'TF_NUM_INTRAOP_THREADS',
  ];
  installation.add(NODE, `console.log(...${JSON.stringify(settings)}.map((name) => process.env[name]));`);
  const program = choose(`'tensorflow', { threads: 3 }`);
  expect(installation.run(program).out).toMatch(/^2 1 0 3\n/);
  const own = { TF_CPP_MIN_LOG_LEVEL: '0', TF_ENABLE_ONEDNN_OPTS: '0', NVIDIA_TF32_OVERRIDE: '1' };
  expect(installation.run(program, own).out).toMatch(/^0 0 1 3\n/);
});

test('the number of threads can not change once TensorFlow is loaded', () => {
  installation.add(NODE, standIn(NODE, { gpu: false }));
  const calls = ['{ threads: 2 }', '{ threads: 2 }', '{}', '{ threads: 4 }'].map(
    (options) => `'tensorflow', ${options}`,
  );
  expect(installation.run(choose(...calls)).out.split('\n')).toEqual([
    NODE,
    'tensorflow',
    'tensorflow',
    'tensorflow',
    'DeviceError tensorflow: expected 2 threads, as TensorFlow was loaded with, got 4; set them at the first use',
    'tensorflow',
    '',
  ]);
});

test('a number of threads that is none is refused before anything is loaded', () => {
  installation.add(NODE, standIn(NODE, { gpu: false }));
  expect(installation.run(choose(`'tensorflow', { threads: 0 }`)).out).toBe(
    'OptionError tensorflow: threads must be an integer from 1 to 256, got 0\nno backend\n',
  );
});

test('functions that the package calls, and Node has no more, are there', () => {
  installation.add(
    NODE,
    `
    const util = require('node:util');
    console.log(util.isArray([]), util.isArray({}), util.isNullOrUndefined(null), util.isNullOrUndefined(0));
    `,
  );
  const { out, err } = installation.run(choose(`'tensorflow'`));
  expect(out).toMatch(/^true false true false\n/);
  expect(err).toBe('');
});
