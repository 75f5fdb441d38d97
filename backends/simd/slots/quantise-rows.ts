/** QUANTISE_ROWS: x [rows, width] to 16-bit integers and a scale a row. */
import { FIRST_FLOAT } from '../control-block.ts';

export const x = 0;
export const rows = 1;
export const width = 2;
export const y = 3; // [rows][rowOfY]: int16, zeros beyond the width; or, split, [⌈width/8⌉·2][2][4] of 7 bits
export const rowOfY = 4; // bytes, a multiple of 16
export const scales = 5; // [rows]
export const isSplit = 6; // 1 or 0
export const largest = FIRST_FLOAT; // the integer that the largest magnitude of a row becomes
