/** One step of stochastic gradient descent with momentum on one parameter, in place. */
import { util } from '@tensorflow/tfjs-core';
import { SGD_STEP } from '../../../ops/optimiser/sgd-step.ts';
import { input, numberAttr } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import { SGD } from '../job-kinds.ts';
import * as slots from '../slots/sgd.ts';
import { isSharedStream, kernel } from './kernel.ts';

const SGD_JOB = new Job(SGD, slots);

/** Changes the values of p and m, and has no result; a packed weight becomes a plain matrix. */
export const sgdStep = kernel(SGD_STEP, ({ backend, inputs, attrs }) => {
  const [p, m, g] = ['p', 'm', 'g'].map((name) => backend.resident(input(inputs, name))) as [
    number,
    number,
    number,
  ];
  const count = util.sizeFromShape(input(inputs, 'p').shape);
  const parameters = {
    ...{ p, m, g, count },
    learningRate: numberAttr(attrs, 'learningRate'),
    momentum: numberAttr(attrs, 'momentum'),
    weightDecay: numberAttr(attrs, 'weightDecay'),
  };
  backend.runtime.run(SGD_JOB, parameters, isSharedStream(backend, count));
  return [];
});
