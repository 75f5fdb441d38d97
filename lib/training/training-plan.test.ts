import { TrainingPlan } from './training-plan.ts';

const OPTIONS = { epochs: 3, batchSize: 4, accumulate: 4, warmup: 0.5, seed: 1 };

test('what is left over at the end of an epoch is a step of its own', () => {
  const plan = new TrainingPlan(22, OPTIONS);
  expect([plan.stepsPerEpoch, plan.totalSteps, plan.epochs, plan.warmupSteps]).toEqual([2, 6, 3, 3]);
  const epoch = plan.epoch(1);
  expect(epoch.map((step) => step.map((batch) => batch.length))).toEqual([
    [4, 4, 4, 4],
    [4, 2],
  ]);
  expect(epoch.flat(2).sort((a, b) => a - b)).toEqual(Array.from({ length: 22 }, (_, i) => i));
  expect([0, 1, 2].map((steps) => plan.imagesIn(steps))).toEqual([0, 16, 22]);
});

test('a number of steps ends a training within an epoch', () => {
  const plan = new TrainingPlan(22, { ...OPTIONS, maxSteps: 5 });
  expect([plan.totalSteps, plan.epochs, plan.warmupSteps]).toEqual([5, 3, 3]);
  expect([1, 2, 4].map((step) => plan.place(step))).toEqual([
    { epoch: 0, within: 1 },
    { epoch: 1, within: 0 },
    { epoch: 2, within: 0 },
  ]);
});
