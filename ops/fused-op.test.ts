/** Dispatch and gradients, on a kernel made up for this test: y = x · gain. */
import {
  add,
  dispose,
  type KernelBackend,
  type KernelConfig,
  mul,
  registerKernel,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  unregisterKernel,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { fusedOp } from './fused-op.ts';
import { registerGradients } from './gradients/register-gradients.ts';
import { gradientsOf } from './gradients/tape.ts';

/** Not the product but its first input: values tell which of the two ran. */
const kernel: KernelConfig = {
  kernelName: 'FusedOpTest',
  backendName: 'cpu',
  kernelFunc: ({ inputs: { x }, backend }) => {
    if (x === undefined) throw new Error('expected x');
    (backend as KernelBackend).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
};

/** x · gain, and which gradients it was asked for. */
const asked: string[] = [];

function scaled(x: Tensor, gain: Tensor): Tensor {
  return fusedOp(
    {
      name: kernel.kernelName,
      compose: () => mul(x, gain),
      backward: ({ dy, inputs, needs }) => {
        asked.push(...(['x', 'gain'] as const).filter(needs));
        return { x: mul(dy, inputs.gain), gain: mul(dy, inputs.x) };
      },
    },
    { x, gain },
    {},
  );
}

let x: Tensor1D;
let gain: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  await registerGradients();
  [x, gain] = [tensor1d([1, 2]), tensor1d([3, 5])];
});

afterAll(() => {
  dispose([x, gain]);
});

function valuesOf(tensors: Tensor[]): number[][] {
  const values = tensors.map((tensor) => [...tensor.dataSync()]);
  dispose(tensors);
  return values;
}

test('the composition runs where there is no kernel', () => {
  expect(valuesOf([scaled(x, gain)])).toEqual([[3, 10]]);
});

describe('with a kernel', () => {
  beforeAll(() => registerKernel(kernel));
  afterAll(() => unregisterKernel(kernel.kernelName, kernel.backendName));

  test('the kernel runs', () => {
    expect(valuesOf([scaled(x, gain)])).toEqual([[1, 2]]);
  });

  test('gradients are those that the op has', () => {
    const dy = tensor1d([1, 100]);
    const { value, grads } = valueAndGrads(scaled)([x, gain], dy);
    expect(valuesOf([value, ...grads])).toEqual([
      [1, 2],
      [3, 500],
      [1, 200],
    ]);
    dy.dispose();
  });

  test('an op is told which gradients nobody asks for', () => {
    asked.length = 0;
    const { value, gradients } = gradientsOf(() => scaled(x, gain), [gain], {});
    expect(valuesOf([value, ...gradients.filter((each) => each !== undefined)])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(asked).toEqual(['gain']);
  });

  test('what depends on nothing that is asked for is not recorded', () => {
    asked.length = 0;
    const other = tensor1d([1, 1]);
    const run = () => tidy(() => add(mul(other, 0), scaled(x, gain)));
    const { value, gradients } = gradientsOf(run, [other]);
    expect(asked).toEqual([]);
    expect(valuesOf([value, ...gradients.filter((each) => each !== undefined)])).toEqual([
      [1, 2],
      [0, 0],
    ]);
    other.dispose();
  });
});
