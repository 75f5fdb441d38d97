/** Dispatch and gradients, on a kernel made up for this test: y = x · gain. */
import {
  dispose,
  type GradConfig,
  type KernelBackend,
  type KernelConfig,
  mul,
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor1D,
  tensor1d,
  unregisterGradient,
  unregisterKernel,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { fusedOp } from './fused-op.ts';

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

// TF.js's core has its gradients in files that Node can't load
const gradient: GradConfig = {
  kernelName: 'Multiply',
  inputsToSave: ['a', 'b'],
  gradFunc: (dy, [a, b]) => ({ a: () => mul(dy as Tensor, b!), b: () => mul(dy as Tensor, a!) }),
};

function scaled(x: Tensor, gain: Tensor): Tensor {
  return fusedOp({ name: kernel.kernelName, compose: () => mul(x, gain) }, { x, gain }, {});
}

let x: Tensor1D;
let gain: Tensor1D;

beforeAll(async () => {
  await setDevice('cpu');
  registerGradient(gradient);
  [x, gain] = [tensor1d([1, 2]), tensor1d([3, 5])];
});

afterAll(() => {
  unregisterGradient(gradient.kernelName);
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

  test('gradients are those of the composition', () => {
    const dy = tensor1d([1, 100]);
    const { value, grads } = valueAndGrads(scaled)([x, gain], dy);
    expect(valuesOf([value, ...grads])).toEqual([
      [3, 10],
      [3, 500],
      [1, 200],
    ]);
    dy.dispose();
  });
});
