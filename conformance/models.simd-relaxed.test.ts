/** Every model on the kernels with relaxed SIMD, which Node 20 has behind a flag. */
import { setFlagsFromString } from 'node:v8';
import { setBackend } from '@tensorflow/tfjs-core';
import { registerSimd } from '../backends/simd/register.ts';
import { testEveryModel } from './testing/every-model.ts';

beforeAll(async () => {
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  await registerSimd({ threads: 2, relaxed: true });
  await setBackend('simd');
});

testEveryModel();
