/** PACK_MATRIX: a matrix [K, N], or [N, K] where it is transposed, into panels. */
export const matrix = 0;
export const K = 1;
export const N = 2;
export const panels = 3; // [⌈N/8⌉][K][8]
export const transposed = 4; // 1 or 0
