/** PACK_HEADS, after the slots of its heads. */
import { FIRST_FLOAT } from '../control-block.ts';

export const scale = FIRST_FLOAT; // of the scores
