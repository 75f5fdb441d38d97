/** Copying a box of values from one layout to another. */
import { util } from '@tensorflow/tfjs-core';
import { Job } from '../job.ts';
import { COPY } from '../job-kinds.ts';
import type { SimdBackend } from '../simd-backend.ts';
import * as axisSlots from '../slots/axes.ts';
import * as slots from '../slots/copy.ts';
import { AXIS_LISTS, type Axis, axisParameters, joinAxes } from './axes.ts';
import { isSharedStream } from './kernel.ts';

const COPY_JOB = new Job(COPY, { ...axisSlots, ...slots }, AXIS_LISTS);

/** Values from one index to the next, for every axis of a row-major shape. */
export function strides(shape: readonly number[]): number[] {
  return shape.map((_, i) => util.sizeFromShape(shape.slice(i + 1)));
}

/**
 * The axes of a box, in as few as can be.
 *
 * @param lengths outermost first
 * @param from values from one index to the next in the source, for every axis
 * @param to the same in the target
 */
export function boxAxes(lengths: readonly number[], from: readonly number[], to: readonly number[]): Axis[] {
  return joinAxes(lengths.map((length, i) => ({ length, first: from[i]!, second: to[i]! })));
}

/**
 * Copies a box.
 *
 * @param axes as `boxAxes` made them, at most six
 * @param from address of the box's first value in the source
 * @param to the same in the target
 */
export function copyBox(backend: SimdBackend, axes: readonly Axis[], from: number, to: number): void {
  // so that it is in the planes of the kernel, the last two axes, which are transposed in blocks
  const arranged = [...axes];
  const contiguous = arranged.findIndex((axis) => axis.first === 1);
  if (contiguous >= 0 && contiguous < arranged.length - 2) {
    arranged.splice(arranged.length - 2, 0, ...arranged.splice(contiguous, 1));
  }
  const lengths = arranged.map((axis) => axis.length);
  const planes = util.sizeFromShape(lengths.slice(0, -2));
  const parameters = { from, to, planes, ...axisParameters(arranged) };
  backend.runtime.run(COPY_JOB, parameters, isSharedStream(backend, util.sizeFromShape(lengths)));
}
