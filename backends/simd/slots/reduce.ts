/** REDUCE: x [outer, count, inner] over the middle axis, to y [outer, inner]. */
export const op = 0;
export const x = 1;
export const outer = 2;
export const count = 3;
export const inner = 4;
export const y = 5;
