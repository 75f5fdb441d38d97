/** SOFTMAX, SILU_GATE and LAYER_NORM: what is done along rows. */
export const x = 0; // [rows, width], or [rows, 2 · width] with a gate
export const rows = 1;
export const width = 2;
export const y = 3; // [rows, width]
