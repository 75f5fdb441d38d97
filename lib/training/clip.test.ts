import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { missesOf } from '../../testing/close.ts';
import { clipByNorm, globalNorm } from './clip.ts';

beforeAll(() => setDevice('cpu'));

test.each([
  [10, 1],
  [5.1, 1],
  [0.5, 0.1],
])('gradients of length 5 clipped to %d are multiplied by %d', async (maxNorm, factor) => {
  const gradients = new Map<string, Tensor>([
    ['a', tensor1d([3, 0])],
    ['b', tensor2d([[0], [-4]])],
  ]);
  expect(await globalNorm(gradients)).toBe(5);
  clipByNorm(gradients, 5, maxNorm);
  const values = [...gradients.values()].flatMap((each) => [...each.dataSync()]);
  expect(missesOf(values, [3 * factor, 0, 0, -4 * factor], 1e-6)).toEqual([]);
  for (const each of gradients.values()) each.dispose();
});

test('no gradients have no length', async () => {
  expect(await globalNorm(new Map())).toBe(0);
});
