/** What is discarded of weights of which many are equal, as those of a head that has learnt nothing. */
import { type Tensor4D, tensor, zeros } from '@tensorflow/tfjs-core';
import { setDevice } from '../../../backends/devices.ts';
import { noise } from '../../../testing/noise.ts';
import { fusedWeights } from './fused-weights.ts';

beforeAll(() => setDevice('cpu'));

test('of equal weights, no more than the share is discarded, those that come first, and never that of CLS to itself', () => {
  const [A, T, K] = [2, 3, 4];
  const query: Tensor4D = zeros([1, A, T, K]);
  const key: Tensor4D = tensor(noise(A * T * K), [1, A, T, K]);
  const weights = fusedWeights(query, key, { headFusion: 'max', discardRatio: 0.5 });
  // four of nine
  expect(Array.from(weights.dataSync(), (value) => Math.round(value * T))).toEqual([
    1, 0, 0, 0, 1, 1, 1, 1, 1,
  ]);
  for (const each of [query, key, weights]) each.dispose();
});
