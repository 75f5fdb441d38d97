/** UNARY: y = op(x). */
export const op = 0;
export const x = 1;
export const y = 2;
export const count = 3;
