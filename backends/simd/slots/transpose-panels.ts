/** TRANSPOSE_PANELS: panels of a weight [N, K] into those of its transposed, which multiply from the other side. */
export const panels = 0; // [⌈N/8⌉][K][8]
export const format = 1; // of those
export const K = 2;
export const N = 3;
export const to = 4; // [⌈K/8⌉][N][8], float32
