/** LAYER_NORM_BACKWARD, after the slots of its rows, whose y is dx. */
import { FIRST_FLOAT } from '../control-block.ts';

export const gamma = 4; // [width]
export const dy = 5; // [rows, width]
export const blockRows = 6; // rows of an item
// of every block of rows, [⌈rows/blockRows⌉][width] each
export const gammaSums = 7;
export const betaSums = 8;
export const scratch = 9; // the main thread's sums in float64, of gamma [width], then of beta
export const scratchStride = 10; // bytes from one thread to the next
export const epsilon = FIRST_FLOAT;
