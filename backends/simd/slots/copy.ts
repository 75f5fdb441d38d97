/** COPY, after the slots of its axes: a box of values from one layout to another. */
import { AXES } from '../job-kinds.ts';

export const from = 3 * AXES;
export const to = 3 * AXES + 1;
export const planes = 3 * AXES + 2; // of the last two axes
