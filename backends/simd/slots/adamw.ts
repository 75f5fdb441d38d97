/** ADAMW: one step of the optimiser on one parameter, in place. */
import { FIRST_FLOAT } from '../control-block.ts';

// [count] each
export const p = 0; // the parameter
export const m = 1; // its first moment
export const v = 2; // its second moment
export const g = 3; // its gradient, which is only read
export const count = 4;
export const decay = FIRST_FLOAT; // what p is multiplied by: 1 − learningRate · weightDecay
export const gradientShare = FIRST_FLOAT + 1; // 1 − beta1
export const beta2 = FIRST_FLOAT + 2;
export const squareShare = FIRST_FLOAT + 3; // 1 − beta2
export const stepSize = FIRST_FLOAT + 4; // learningRate / (1 − beta1^step)
export const rootCorrection = FIRST_FLOAT + 5; // √(1 − beta2^step)
export const epsilon = FIRST_FLOAT + 6;
