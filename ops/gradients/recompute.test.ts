/** What a part of a model keeps of its first run, and what it computes again. */
import { jest } from '@jest/globals';
import {
  memory,
  mul,
  type Scalar,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { noise } from '../../testing/noise.ts';
import { FUSED_LINEAR, linear } from '../linear.ts';
import { recompute } from './recompute.ts';
import { registerGradients } from './register-gradients.ts';
import { type GradientsOptions, gradientsOf } from './tape.ts';

beforeAll(async () => {
  await setDevice('cpu');
  await registerGradients();
});

/** The gradients of two layers with a GELU between, in a part, and how often a product was computed. */
function gradientsOfPart(options: GradientsOptions): { gradients: Float32Array[]; products: number } {
  const products = jest.spyOn(FUSED_LINEAR, 'compose');
  try {
    return tidy(() => {
      const x = tensor(noise(15), [3, 5]);
      const weights = [tensor(noise(20, 2), [4, 5]), tensor(noise(20, 3), [5, 4])] as [Tensor2D, Tensor2D];
      const part = (input: Tensor): Tensor =>
        linear(linear(input, weights[0], { activation: 'gelu' }), weights[1]);
      const loss = (): Scalar => sum(mul(recompute(x, weights, [], part), tensor(noise(15, 4), [3, 5])));
      const { gradients } = gradientsOf(loss, [x, ...weights], options);
      return {
        gradients: gradients.map((gradient) => gradient?.dataSync() as Float32Array),
        products: products.mock.calls.length,
      };
    });
  } finally {
    products.mockRestore();
  }
}

test('results of products are kept while there is room, and the gradients are the same bits', () => {
  const all = gradientsOfPart({ recompute: false });
  expect(all.products).toBe(2);
  const none = gradientsOfPart({ room: 0 });
  expect(none.products).toBe(4);
  expect(none.gradients).toEqual(all.gradients);
  const both = gradientsOfPart({});
  expect(both.gradients).toEqual(all.gradients);
  // of the results of 48 and 60 bytes, the second has no room any more
  const first = gradientsOfPart({ room: 100 });
  expect(first.gradients).toEqual(all.gradients);
  // and here neither has
  const neither = gradientsOfPart({ room: 40 });
  expect(neither.gradients).toEqual(all.gradients);
  expect([both.products, first.products, neither.products]).toEqual([2, 3, 4]);
});

test('nothing is left of a part that throws', () => {
  const before = memory().numTensors;
  const x = tensor(noise(20), [4, 5]);
  const part = (input: Tensor): Tensor => {
    linear(input, x as Tensor2D).dispose();
    throw new Error('no');
  };
  expect(() => gradientsOf(() => sum(recompute(x, [], [], part)) as Scalar, [x])).toThrow('no');
  x.dispose();
  expect(memory().numTensors).toBe(before);
});
