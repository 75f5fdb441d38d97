import { learningRateAt, type Schedule, warmupSteps } from './learning-rate.ts';

const at = (schedule: Schedule, step: number, warmup = 2): number =>
  learningRateAt(step, { learningRate: 8, schedule, warmupSteps: warmup, totalSteps: 10 });

test('rates rise from 0, and fall to 0 at the end', () => {
  for (const schedule of ['linear', 'cosine', 'constant'] as const) {
    expect([0, 1, 2].map((step) => at(schedule, step))).toEqual([0, 4, 8]);
  }
  expect([4, 6, 9, 10].map((step) => at('linear', step))).toEqual([6, 4, 1, 0]);
  expect(at('cosine', 4)).toBeCloseTo(4 + 4 * Math.SQRT1_2, 12);
  expect([6, 10].map((step) => at('cosine', step))).toEqual([expect.closeTo(4, 12), 0]);
  expect([6, 10].map((step) => at('constant', step))).toEqual([8, 8]);
  expect(at('linear', 0, 0)).toBe(8);
  expect([9, 10].map((step) => at('linear', step, 10))).toEqual([7.2, 0]);
});

test('below 1 it is a part of the steps that warms up, rounded up', () => {
  expect([0, 0.1, 0.25, 0.99, 1, 3.7].map((warmup) => warmupSteps(warmup, 11))).toEqual([0, 2, 3, 11, 1, 3]);
});
