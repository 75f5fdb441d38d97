/** LAYER_NORM, after the slots of its rows. */
import { FIRST_FLOAT } from '../control-block.ts';

export const gamma = 4; // [width]
export const beta = 5; // [width]
export const epsilon = FIRST_FLOAT;
