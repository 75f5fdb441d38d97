/** SILU_GATE_BACKWARD, after the slots of its rows, whose y is dx [rows, 2 · width]. */
export const dy = 4; // [rows, width]
