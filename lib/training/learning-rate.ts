/** Learning rates over the steps of a training. */

/** The ways in which the learning rate goes down after warming up. */
export const SCHEDULES = ['linear', 'cosine', 'constant'] as const;

/** `linear`: to 0 at the end. `cosine`: to 0 by half a cosine. `constant`: it stays. */
export type Schedule = (typeof SCHEDULES)[number];

/** The course of a learning rate. */
export interface LearningRateCourse {
  /** the largest learning rate */
  readonly learningRate: number;
  readonly schedule: Schedule;
  /** steps over which it grows from 0, as `warmupSteps` counts them */
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/**
 * The learning rate of a step; the first step that warms up has 0.
 *
 * Source: transformers 5.23.0, `optimization.py`.
 *
 * @param step from 0
 */
export function learningRateAt(step: number, course: LearningRateCourse): number {
  const { learningRate, schedule, warmupSteps, totalSteps } = course;
  if (step < warmupSteps) return learningRate * (step / Math.max(1, warmupSteps));
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  switch (schedule) {
    case 'linear':
      return learningRate * Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps));
    case 'cosine':
      return learningRate * Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
    case 'constant':
      return learningRate;
  }
}

/**
 * How many steps warm up.
 *
 * @param warmup a number of steps, or, below 1, a part of all, rounded up as transformers does
 */
export function warmupSteps(warmup: number, totalSteps: number): number {
  return warmup < 1 ? Math.ceil(totalSteps * warmup) : Math.trunc(warmup);
}
