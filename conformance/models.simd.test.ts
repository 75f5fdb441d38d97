/** Every model on the backend `simd` with shared memory, on one thread and on two, without relaxed SIMD. */
import { setBackend } from '@tensorflow/tfjs-core';
import { registerSimd } from '../backends/simd/register.ts';
import { testEveryModel } from './testing/every-model.ts';

describe.each([2, 1])('%d thread(s)', (threads) => {
  beforeAll(async () => {
    await registerSimd({ threads, relaxed: false });
    await setBackend('simd');
  });

  testEveryModel();
});
