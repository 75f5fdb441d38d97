/** PACK_INT8: rows of a weight [N, K] into panels of 8-bit integers. */
export const rows = 0; // as they lie in the checkpoint
export const K = 1;
export const first = 2; // counted from the row that the panels begin with
export const count = 3;
export const panels = 4; // [⌈N/16⌉][⌈K/2⌉][16][2]
export const rowFormat = 5;
export const scales = 6; // [N]; read where the rows are in 8 bits, else written
export const sums = 7; // [N], written: Σ of the magnitudes of a row's integers
