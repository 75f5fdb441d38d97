/** Kernels of one operand, value by value. */
import {
  Abs,
  Erf,
  Exp,
  type KernelConfig,
  Neg,
  Reciprocal,
  Relu,
  Rsqrt,
  Sigmoid,
  Sqrt,
  Square,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { FUSED_GELU } from '../../../ops/gelu.ts';
import { input } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import {
  OP_ABS,
  OP_ERF,
  OP_EXP,
  OP_GELU,
  OP_NEG,
  OP_RECIPROCAL,
  OP_RELU,
  OP_RSQRT,
  OP_SIGMOID,
  OP_SQRT,
  OP_SQUARE,
  UNARY,
} from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as slots from '../slots/unary.ts';
import { isSharedStream, isSmall, kernel, kernelOrCpu } from './kernel.ts';

const UNARY_JOB = new Job(UNARY, slots);

function run(backend: SimdBackend, op: number, x: TensorInfo): TensorInfo {
  const size = util.sizeFromShape(x.shape);
  const from = backend.resident(x);
  const { info, address } = backend.makeResident(x.shape);
  const parameters = { op, x: from, y: address, count: size };
  backend.runtime.run(UNARY_JOB, parameters, isSharedStream(backend, size));
  return info;
}

const OPERATIONS: Readonly<Record<string, number>> = {
  [Abs]: OP_ABS,
  [Erf]: OP_ERF,
  [Exp]: OP_EXP,
  [Neg]: OP_NEG,
  [Reciprocal]: OP_RECIPROCAL,
  [Relu]: OP_RELU,
  [Rsqrt]: OP_RSQRT,
  [Sigmoid]: OP_SIGMOID,
  [Sqrt]: OP_SQRT,
  [Square]: OP_SQUARE,
};

/** x · Φ(x). */
const fusedGelu = kernel(FUSED_GELU.name, ({ backend, inputs }) => run(backend, OP_GELU, input(inputs, 'x')));

/** Every kernel of one operand. */
export const UNARY_KERNELS: readonly KernelConfig[] = [
  fusedGelu,
  ...Object.entries(OPERATIONS).map(([name, op]) =>
    kernelOrCpu(name, ({ backend, inputs }) => {
      const { x } = inputs;
      if (x?.dtype !== 'float32' || isSmall(backend, util.sizeFromShape(x.shape))) return undefined;
      return run(backend, op, x);
    }),
  ),
];
