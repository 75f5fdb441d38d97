/** The axes that BINARY and COPY walk, outermost first: six lengths, and six steps in bytes of either operand. */
import { AXES } from '../job-kinds.ts';

export const lengths = 0;
export const firstSteps = AXES;
export const secondSteps = 2 * AXES;
