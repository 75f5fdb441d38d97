/** The axes of a job that walks two operands side by side, each in steps of its own. */
import type { JobParameters } from '../job.ts';
import { AXES } from '../job-kinds.ts';
import type * as slots from '../slots/axes.ts';

/** The names of the parameters that `axisParameters` gives, each a list. */
export const AXIS_LISTS = ['lengths', 'firstSteps', 'secondSteps'] as const;

/** An axis: its length, and what a step along it means in the first and in the second operand, in values. */
export interface Axis {
  length: number;
  first: number;
  second: number;
}

/** Fills up what is missing to six axes. */
const SINGLE: Axis = { length: 1, first: 0, second: 0 };

/**
 * The same axes in as few as can be, outermost first: without those of length 1, and neighbours joined where both
 * operands run on from one into the other.
 */
export function joinAxes(axes: readonly Axis[]): Axis[] {
  const joined: Axis[] = [];
  for (const axis of [...axes].reverse()) {
    if (axis.length === 1) continue;
    const inner = joined[0];
    if (
      inner !== undefined &&
      axis.first === inner.first * inner.length &&
      axis.second === inner.second * inner.length
    ) {
      inner.length *= axis.length;
    } else {
      joined.unshift({ ...axis });
    }
  }
  return joined;
}

/**
 * The parameters of BINARY and COPY that `slots/axes.ts` declares.
 *
 * @param axes at most six
 */
export function axisParameters(axes: readonly Axis[]): JobParameters<typeof slots, keyof typeof slots> {
  if (axes.length > AXES) throw new Error(`internal: a job that walks ${axes.length} axes`);
  const all = [...new Array<Axis>(AXES - axes.length).fill(SINGLE), ...axes];
  return {
    lengths: all.map((axis) => axis.length),
    firstSteps: all.map((axis) => axis.first * 4),
    secondSteps: all.map((axis) => axis.second * 4),
  };
}
