/** Products and attention of TF.js's WebAssembly backend, as its ops offer them. */
import {
  fused,
  matMul,
  mul,
  setBackend,
  softmax,
  tensor1d,
  tensor2d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { importPeer } from '../../../peers/peer.ts';
import type { PrepareKernel } from '../engine.ts';
import { noise } from './noise.ts';

const prepare: PrepareKernel = async (shape) => {
  await importPeer('@tensorflow/tfjs-backend-wasm');
  await setBackend('wasm');
  if (shape.kind === 'attention') {
    const { A, T, K } = shape;
    const side: [number, number, number, number] = [1, A, T, K];
    const [q, k, v] = [
      tensor4d(noise(A * T * K), side),
      tensor4d(noise(A * T * K), side),
      tensor4d(noise(A * T * K), side),
    ];
    return () => tidy(() => matMul(softmax(mul(matMul(q, k, false, true), K ** -0.5)), v)).dispose();
  }
  const { M, K, N } = shape;
  const a = tensor2d(noise(M * K), [M, K]);
  const b = tensor2d(noise(K * N), [K, N]);
  const bias = tensor1d(noise(N));
  return () => fused.matMul({ a, b, bias }).dispose();
};

export default prepare;
