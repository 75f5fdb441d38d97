/** SGD: one step of the optimiser on one parameter, in place. */
import { FIRST_FLOAT } from '../control-block.ts';

// [count] each
export const p = 0; // the parameter
export const m = 1; // its momentum
export const g = 2; // its gradient, which is only read
export const count = 3;
export const learningRate = FIRST_FLOAT;
export const momentum = FIRST_FLOAT + 1;
export const weightDecay = FIRST_FLOAT + 2;
