/** Every model on the kernels with relaxed SIMD. */
import '../backends/simd/testing/relaxed-simd.ts';
import { setBackend } from '@tensorflow/tfjs-core';
import { registerSimd } from '../backends/simd/register.ts';
import { testEveryModel } from './testing/every-model.ts';

beforeAll(async () => {
  await registerSimd({ threads: 2, relaxed: true });
  await setBackend('simd');
});

testEveryModel();
