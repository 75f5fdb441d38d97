/** BINARY, after the slots of its axes: y = a op b. */
import { AXES } from '../job-kinds.ts';

export const op = 3 * AXES;
export const a = 3 * AXES + 1;
export const b = 3 * AXES + 2;
export const y = 3 * AXES + 3; // row-major
export const rows = 3 * AXES + 4; // of the last axis
