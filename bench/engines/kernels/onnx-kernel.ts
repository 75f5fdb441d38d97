/** Products and attention as models of one operation on ONNX Runtime. */
import { join } from 'node:path';
import { elementCount } from '../../../shapes/element-count.ts';
import { PREPARED } from '../../places.ts';
import type { KernelShape, PrepareKernel } from '../engine.ts';
import type { OnnxRuntime, OpenSession } from '../onnx-runtime.ts';
import { noise } from './noise.ts';

function fileOf(shape: KernelShape): string {
  const sizes = shape.kind === 'linear' ? [shape.M, shape.K, shape.N] : [shape.A, shape.T, shape.K];
  return join(PREPARED, 'kernels', `${shape.kind}-${sizes.join('-')}.onnx`);
}

/** Kernels on one of ONNX Runtime's packages. */
export function onnxKernels(start: () => Promise<OnnxRuntime>, open: OpenSession): PrepareKernel {
  return async (shape, threads) => {
    const session = await open(fileOf(shape), threads);
    const { Tensor } = await start();
    const input = (dims: readonly number[]) => new Tensor('float32', noise(elementCount(dims)), dims);
    const side = shape.kind === 'attention' ? [1, shape.A, shape.T, shape.K] : [];
    const feeds =
      shape.kind === 'linear'
        ? { x: input([shape.M, shape.K]) }
        : { q: input(side), k: input(side), v: input(side) };
    return async () => {
      await session.run(feeds);
    };
  };
}
