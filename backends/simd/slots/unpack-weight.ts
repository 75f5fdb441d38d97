/** UNPACK_WEIGHT: panels of float32 back into rows [N, K]. */
export const panels = 0; // [⌈N/8⌉][K][8]
export const K = 1;
export const N = 2;
export const rows = 3;
