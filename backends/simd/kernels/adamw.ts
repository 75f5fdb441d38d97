/** One step of AdamW on one parameter, in place. */
import { util } from '@tensorflow/tfjs-core';
import { ADAMW_STEP } from '../../../ops/optimiser/adamw-step.ts';
import { input, numberAttr } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import { ADAMW } from '../job-kinds.ts';
import * as slots from '../slots/adamw.ts';
import { isSharedStream, kernel } from './kernel.ts';

const ADAMW_JOB = new Job(ADAMW, slots);

/** Changes the values of p, m and v, and has no result; a packed weight becomes a plain matrix. */
export const adamWStep = kernel(ADAMW_STEP, ({ backend, inputs, attrs }) => {
  const [p, m, v, g] = ['p', 'm', 'v', 'g'].map((name) => backend.resident(input(inputs, name))) as [
    number,
    number,
    number,
    number,
  ];
  const count = util.sizeFromShape(input(inputs, 'p').shape);
  const [learningRate, beta1, beta2] = [
    numberAttr(attrs, 'learningRate'),
    numberAttr(attrs, 'beta1'),
    numberAttr(attrs, 'beta2'),
  ];
  const step = numberAttr(attrs, 'step');
  const parameters = {
    ...{ p, m, v, g, count },
    decay: 1 - learningRate * numberAttr(attrs, 'weightDecay'),
    gradientShare: 1 - beta1,
    beta2,
    squareShare: 1 - beta2,
    stepSize: learningRate / (1 - beta1 ** step),
    rootCorrection: Math.sqrt(1 - beta2 ** step),
    epsilon: numberAttr(attrs, 'epsilon'),
  };
  backend.runtime.run(ADAMW_JOB, parameters, isSharedStream(backend, count));
  return [];
});
