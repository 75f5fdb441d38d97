/** The optimiser's step in place, against the same by TF.js's own ops. */
import { memory, removeBackend, setBackend, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { sgdStep } from '../../../ops/optimiser/sgd-step.ts';
import { noise } from '../../../testing/noise.ts';
import { setDevice } from '../../devices.ts';
import { registerSimd } from '../register.ts';
import { currentSimd } from '../testing/current-simd.ts';
import { packedWeight } from '../testing/packed-weight.ts';

beforeAll(async () => {
  await registerSimd({ threads: 2, relaxed: false });
  await setBackend('simd');
});
afterAll(() => removeBackend('simd'));

/** Parameter and momentum after three steps of noise; the last value of the parameter is infinite. */
async function trained(size: number, weightDecay: number): Promise<Uint8Array[]> {
  const state = {
    p: tensor(noise(size).fill(Number.POSITIVE_INFINITY, size - 1)),
    m: tensor(new Float32Array(size)),
  };
  for (const seed of [2, 3, 4]) {
    const g = tensor(noise(size, seed));
    sgdStep({ ...state, g }, { learningRate: 0.03 * seed, momentum: 0.9, weightDecay });
    expect(await g.data()).toEqual(noise(size, seed));
    g.dispose();
  }
  return Promise.all(
    Object.values(state).map(async (each) => {
      const values = await each.data();
      each.dispose();
      return new Uint8Array(Float32Array.from(values).buffer);
    }),
  );
}

test.each([1, 3, 4, 5, 8193, 70_001])(
  'three steps on %d values have the bits of single ops',
  async (size) => {
    for (const weightDecay of [0, 0.2]) {
      await setBackend('cpu');
      const expected = await trained(size, weightDecay);
      await setBackend('simd');
      const values = await trained(size, weightDecay);
      expect(values.map((each, i) => Buffer.compare(each, expected[i]!))).toEqual([0, 0]);
    }
  },
);

test('the same bits on any number of threads', async () => {
  const expected = await trained(70_001, 0.2);
  await setDevice('simd', { threads: 3 });
  const values = await trained(70_001, 0.2);
  expect(values.map((each, i) => Buffer.compare(each, expected[i]!))).toEqual([0, 0]);
  await setDevice('simd', { threads: 2 });
});

test('a packed weight becomes a plain matrix of the same tensor, and nothing is left behind', () => {
  const before = { tensors: memory().numTensors, bytes: currentSimd().runtime.heap.bytesInUse };
  const p = packedWeight(19, 7, 'F32', [19]);
  const values = p.dataSync<'float32'>();
  const [m, g] = [tensor(new Float32Array(133), [19, 7]), tensor(noise(133, 3), [19, 7])] as [Tensor, Tensor];
  sgdStep({ p, m, g }, { learningRate: 0.5, momentum: 0.9, weightDecay: 0 });
  expect(currentSimd().packed(p)).toBeUndefined();
  expect(p.dataSync()).toEqual(values.map((value, i) => value - 0.5 * noise(133, 3)[i]!));
  for (const each of [p, m, g]) each.dispose();
  expect(memory().numTensors).toBe(before.tensors);
  expect(currentSimd().runtime.heap.bytesInUse).toBe(before.bytes);
});

test('nothing is written beside what is changed', () => {
  const neighbours = Array.from({ length: 7 }, (_, i) => tensor(noise(1027, i)));
  for (const neighbour of neighbours) currentSimd().resident(neighbour);
  const [p, m, g] = [1, 3, 5].map((i) => neighbours[i]!) as [Tensor, Tensor, Tensor];
  sgdStep({ p, m, g }, { learningRate: 0.5, momentum: 0.9, weightDecay: 0.1 });
  for (const i of [0, 2, 4, 5, 6]) expect(neighbours[i]!.dataSync()).toEqual(noise(1027, i));
  for (const neighbour of neighbours) neighbour.dispose();
});
