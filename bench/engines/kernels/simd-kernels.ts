/** Products and attention of the backend `simd`, in a precision. */
import { type Tensor, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { type Precision, setDevice } from '../../../lib/index.ts';
import { attention } from '../../../ops/attention.ts';
import { linear } from '../../../ops/linear.ts';
import { linearWeight } from '../../../ops/linear-weight.ts';
import type { PrepareKernel } from '../engine.ts';
import { noise } from './noise.ts';

/** Kernels whose weights are rounded to a precision. */
export function simdKernels(precision: Precision): PrepareKernel {
  return async (shape, threads) => {
    await setDevice('simd', { threads });
    const once = (compute: () => Tensor) => () => compute().dispose();
    if (shape.kind === 'attention') {
      const { A, T, K } = shape;
      const qkv = tensor3d(noise(T * 3 * A * K), [1, T, 3 * A * K]);
      return once(() => attention(qkv, { numHeads: A, scale: K ** -0.5 }));
    }
    const { M, K, N } = shape;
    const x = tensor2d(noise(M * K), [M, K]);
    const bytes = new Uint8Array(noise(N * K).buffer);
    const weight = linearWeight([{ bytes, dtype: 'F32', rows: N }], [N, K], precision);
    const bias = tensor1d(noise(N));
    return once(() => linear(x, weight, { bias }));
  };
}
