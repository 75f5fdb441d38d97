/** Sums, means and extremes over neighbouring axes. */
import { type KernelConfig, Max, Mean, Min, Sum, util } from '@tensorflow/tfjs-core';
import { input, numbersAttr } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import { REDUCE, REDUCE_MAX, REDUCE_MIN, REDUCE_SUM } from '../job-kinds.ts';
import * as slots from '../slots/reduce.ts';
import { isSharedStream, isSmall, kernelOrCpu } from './kernel.ts';

const REDUCE_JOB = new Job(REDUCE, slots);

const OPERATIONS = [
  { name: Sum, op: REDUCE_SUM, attribute: 'axis' },
  { name: Mean, op: REDUCE_SUM, attribute: 'axis' },
  { name: Max, op: REDUCE_MAX, attribute: 'reductionIndices' },
  { name: Min, op: REDUCE_MIN, attribute: 'axis' },
] as const;

/** Every reduction. */
export const REDUCE_KERNELS: readonly KernelConfig[] = OPERATIONS.map(({ name, op, attribute }) =>
  kernelOrCpu(name, ({ backend, inputs, attrs }) => {
    const x = input(inputs, 'x');
    const size = util.sizeFromShape(x.shape);
    if (x.dtype !== 'float32' || isSmall(backend, size)) return undefined;
    const named = attrs.axis === undefined ? attrs[attribute] : attrs.axis;
    const axes =
      named == null
        ? x.shape.map((_, i) => i)
        : util.parseAxisParam(numbersAttr({ named }, 'named'), x.shape).sort((a, b) => a - b);
    const [first] = axes;
    if (first === undefined || axes.some((axis, i) => axis !== first + i)) return undefined;
    const outer = util.sizeFromShape(x.shape.slice(0, first));
    const count = util.sizeFromShape(x.shape.slice(first, first + axes.length));
    const inner = util.sizeFromShape(x.shape.slice(first + axes.length));
    const kept = attrs.keepDims ? x.shape.map((length, i) => (axes.includes(i) ? 1 : length)) : undefined;
    const from = backend.resident(x);
    const { info, address } = backend.makeResident(kept ?? x.shape.filter((_, i) => !axes.includes(i)));
    const parameters = { op, x: from, outer, count, inner, y: address };
    backend.runtime.run(REDUCE_JOB, parameters, isSharedStream(backend, size));
    if (name === Mean) {
      const means = backend.runtime.heap.floats.subarray(address / 4, address / 4 + outer * inner);
      for (const [i, sum] of means.entries()) means[i] = sum / count;
    }
    return info;
  }),
);
