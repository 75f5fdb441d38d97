/** PACK_WEIGHT: rows of a weight [N, K] into its panels. */
export const rows = 0; // as they lie in the checkpoint
export const K = 1;
export const first = 2; // counted from the row that the panels begin with
export const count = 3;
export const panels = 4; // [⌈N/8⌉][K][8]
export const rowFormat = 5;
export const panelFormat = 6; // float32, that of the rows, or float16 of float32
