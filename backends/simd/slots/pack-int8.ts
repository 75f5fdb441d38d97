/** PACK_INT8: rows of a weight [N, K] into panels of 8-bit integers. */
export const rows = 0; // as they lie in the checkpoint
export const K = 1;
export const first = 2; // counted from the row that the panels begin with
export const count = 3;
export const panels = 4; // [⌈N/16⌉][⌈K/4⌉][16][4]
export const rowFormat = 5;
export const scales = 6; // [N]; read where the rows are in 8 bits, else written
// written, [N] each
export const sums = 7; // of a row's integers
export const magnitudes = 8; // Σ of the magnitudes of a row's integers
