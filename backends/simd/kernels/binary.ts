/** Kernels of two operands with broadcasting. */
import {
  Add,
  backend_util,
  type KernelConfig,
  Maximum,
  Minimum,
  Multiply,
  RealDiv,
  Sub,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { GELU_BACKWARD } from '../../../ops/backward/gelu-backward.ts';
import { input } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import {
  AXES,
  BINARY,
  OP_ADD,
  OP_DIV,
  OP_GELU_BACKWARD,
  OP_MAX,
  OP_MIN,
  OP_MUL,
  OP_SUB,
} from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as axisSlots from '../slots/axes.ts';
import * as slots from '../slots/binary.ts';
import { AXIS_LISTS, type Axis, axisParameters, joinAxes } from './axes.ts';
import { isSharedStream, isSmall, kernel, kernelOrCpu } from './kernel.ts';

const BINARY_JOB = new Job(BINARY, { ...axisSlots, ...slots }, AXIS_LISTS);

/** Rows of a broadcast shorter than this are left to the CPU kernel. */
const SHORTEST_ROW = 8;

/** An operation: its number in the kernel, and what it does to two values. */
interface Operation {
  op: number;
  apply: (a: number, b: number) => number;
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  [Add]: { op: OP_ADD, apply: (a, b) => a + b },
  [Sub]: { op: OP_SUB, apply: (a, b) => a - b },
  [Multiply]: { op: OP_MUL, apply: (a, b) => a * b },
  [RealDiv]: { op: OP_DIV, apply: (a, b) => a / b },
  [Maximum]: { op: OP_MAX, apply: Math.max },
  [Minimum]: { op: OP_MIN, apply: Math.min },
};

/** A few values of equal shapes, one by one: TF.js's kernel would work out a broadcast first, which takes longer. */
function combineFew(backend: SimdBackend, a: TensorInfo, b: TensorInfo, { apply }: Operation): TensorInfo {
  const valuesA = backend.values(a);
  const valuesB = backend.values(b);
  const values = new Float32Array(valuesA.length);
  for (let i = 0; i < values.length; i++) values[i] = apply(valuesA[i]!, valuesB[i]!);
  return backend.makeTensorInfo(a.shape, 'float32', values);
}

/** The axes of a broadcast; a value that is repeated along one has no step there. */
function broadcastAxes(shape: readonly number[], a: readonly number[], b: readonly number[]): Axis[] {
  const axes: Axis[] = [];
  let sizeA = 1;
  let sizeB = 1;
  for (let i = 1; i <= shape.length; i++) {
    const lengthA = a.at(-i) ?? 1;
    const lengthB = b.at(-i) ?? 1;
    axes.unshift({
      length: shape.at(-i)!,
      first: lengthA === 1 ? 0 : sizeA,
      second: lengthB === 1 ? 0 : sizeB,
    });
    sizeA *= lengthA;
    sizeB *= lengthB;
  }
  return joinAxes(axes);
}

/** Runs an operation on values along `axes`, at most six, of which the last is of y's row. */
function combine(
  backend: SimdBackend,
  { op, a, b }: { op: number; a: TensorInfo; b: TensorInfo },
  shape: number[],
  axes: readonly Axis[],
): TensorInfo {
  const size = util.sizeFromShape(shape);
  const operands = { a: backend.resident(a), b: backend.resident(b) };
  const { info, address } = backend.makeResident(shape);
  const parameters = {
    op,
    ...operands,
    y: address,
    rows: size / axes.at(-1)!.length,
    ...axisParameters(axes),
  };
  backend.runtime.run(BINARY_JOB, parameters, isSharedStream(backend, size));
  return info;
}

/** Every kernel of TF.js's of two operands. */
export const BINARY_KERNELS: readonly KernelConfig[] = Object.entries(OPERATIONS).map(([name, operation]) =>
  kernelOrCpu(name, ({ backend, inputs }) => {
    const { a, b } = inputs;
    if (a?.dtype !== 'float32' || b?.dtype !== 'float32') return undefined;
    const sizeA = util.sizeFromShape(a.shape);
    if (isSmall(backend, sizeA) && util.arraysEqual(a.shape, b.shape)) {
      return combineFew(backend, a, b, operation);
    }
    // no broadcast makes more values than this
    if (isSmall(backend, sizeA * util.sizeFromShape(b.shape))) return undefined;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const size = util.sizeFromShape(shape);
    if (isSmall(backend, size)) return undefined;
    const axes = broadcastAxes(shape, a.shape, b.shape);
    const last = axes.at(-1);
    if (axes.length > AXES || last === undefined || isSmall(backend, last.length, SHORTEST_ROW))
      return undefined;
    return combine(backend, { op: operation.op, a, b }, shape, axes);
  }),
);

/** dy · (Φ(x) + x · φ(x)). */
export const geluBackward = kernel(GELU_BACKWARD.name, ({ backend, inputs }) => {
  const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
  const axes = [{ length: util.sizeFromShape(x.shape), first: 1, second: 1 }];
  return combine(backend, { op: OP_GELU_BACKWARD, a: x, b: dy }, x.shape, axes);
});
