/** The optimiser's step in place, against the same in float64. */
import {
  engine,
  getKernel,
  memory,
  removeBackend,
  setBackend,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { noise } from '../../../testing/noise.ts';
import { setDevice } from '../../devices.ts';
import { registerSimd } from '../register.ts';
import { currentSimd } from '../testing/current-simd.ts';
import { expectClose } from '../testing/on-both.ts';
import { packedWeight } from '../testing/packed-weight.ts';
import { adamWStep } from './adamw.ts';

const ATTRS = { learningRate: 0.03, beta1: 0.9, beta2: 0.99, epsilon: 1e-3, weightDecay: 0.2 };

beforeAll(async () => {
  await registerSimd({ threads: 2, relaxed: false });
  await setBackend('simd');
});
afterAll(() => removeBackend('simd'));

function step(tensors: Record<'p' | 'm' | 'v' | 'g', Tensor>, number: number): unknown {
  return engine().runKernel(adamWStep.kernelName, tensors, { ...ATTRS, step: number });
}

/** What compares at once, which `toEqual` of so many values takes seconds for. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** A parameter of noise, no moments yet, and a gradient a step. */
function start(size: number) {
  const zeros = new Float32Array(size);
  return { p: noise(size), m: zeros, v: zeros, gradients: [2, 3, 4].map((seed) => noise(size, seed)) };
}

function trained(size: number): Float32Array[] {
  const { p, m, v, gradients } = start(size);
  const state = { p: tensor(p), m: tensor(m), v: tensor(v) };
  for (const [i, gradient] of gradients.entries()) {
    const g = tensor(gradient);
    expect(step({ ...state, g }, i + 1)).toEqual([]);
    expect(bytesOf(g.dataSync<'float32'>()).equals(bytesOf(gradient))).toBe(true);
    g.dispose();
  }
  return Object.values(state).map((each) => {
    const values = each.dataSync();
    each.dispose();
    return values as Float32Array;
  });
}

test.each([1, 3, 4, 5, 8193, 70_001])('three steps on %d values', (size) => {
  const [p, m, v] = trained(size);
  const initial = start(size);
  const expected = [initial.p, initial.m, initial.v].map((values) => Float64Array.from(values));
  const [p64, m64, v64] = expected as [Float64Array, Float64Array, Float64Array];
  const { learningRate, beta1, beta2, epsilon, weightDecay } = ATTRS;
  for (const [t, gradient] of initial.gradients.entries()) {
    for (const [i, g] of gradient.entries()) {
      m64[i] = beta1 * m64[i]! + (1 - beta1) * g;
      v64[i] = beta2 * v64[i]! + (1 - beta2) * g * g;
      const [mean, square] = [m64[i]! / (1 - beta1 ** (t + 1)), v64[i]! / (1 - beta2 ** (t + 1))];
      p64[i] =
        p64[i]! * (1 - learningRate * weightDecay) - (learningRate * mean) / (Math.sqrt(square) + epsilon);
    }
  }
  for (const [i, values] of [p!, m!, v!].entries()) expectClose(values, expected[i]!, 3e-7);
});

test('the same bits on any number of threads', async () => {
  const expected = trained(70_001).map(bytesOf);
  await setDevice('simd', { threads: 3 });
  const values = trained(70_001).map(bytesOf);
  expect(values.map((each, i) => expected[i]?.equals(each))).toEqual([true, true, true]);
  await setDevice('simd', { threads: 2 });
});

test('a packed weight becomes a plain matrix of the same tensor, and nothing is left behind', () => {
  const before = { tensors: memory().numTensors, bytes: currentSimd().runtime.heap.bytesInUse };
  const p = packedWeight(19, 7, 'F32', [19]);
  const values = p.dataSync();
  const others = [1, 2, 3].map((seed) => tensor(noise(133, seed).map(Math.abs), [19, 7]));
  const [m, v, g] = others as [Tensor, Tensor, Tensor];
  step({ p, m, v, g }, 1);
  expect(currentSimd().packed(p)).toBeUndefined();
  expect(p.dataSync()).not.toEqual(values);
  for (const each of [p, ...others]) each.dispose();
  expect(memory().numTensors).toBe(before.tensors);
  expect(currentSimd().runtime.heap.bytesInUse).toBe(before.bytes);
});

test('nothing is written beside what is changed', () => {
  const neighbours = Array.from({ length: 9 }, (_, i) => tensor(noise(1027, i)));
  for (const neighbour of neighbours) currentSimd().resident(neighbour);
  const [p, m, v, g] = [1, 3, 5, 7].map((i) => neighbours[i]!) as [Tensor, Tensor, Tensor, Tensor];
  step({ p, m, v, g }, 1);
  for (const i of [0, 2, 4, 6, 7, 8]) expect(neighbours[i]!.dataSync()).toEqual(noise(1027, i));
  for (const neighbour of neighbours) neighbour.dispose();
});

test('the backend has it under the name that the optimiser asks for', () => {
  expect(getKernel('Dinov2AdamWStep', 'simd')).toBeDefined();
});
