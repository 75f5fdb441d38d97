/** A recording before anything has been computed, when TF.js has not chosen a backend yet. */
import '@tensorflow/tfjs-backend-cpu';
import { exp, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { record } from './record.ts';

test('the backend that TF.js would have chosen is current afterwards', () => {
  const { outputs } = record(
    ({ x }) => ({ y: exp(x as Tensor) }),
    [{ name: 'x', shape: [2], dtype: 'float32' }],
  );
  expect(outputs.get('y')).toMatchObject({ kernel: 'Exp', shape: [2] });
  expect(getBackend()).toBe('cpu');
});
