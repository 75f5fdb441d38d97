/** SUM_OF_SQUARES: Σ x² of every 8,192 values. */
export const x = 0;
export const count = 1;
export const sums = 2; // [⌈count/8192⌉], float64
