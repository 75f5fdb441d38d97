/** ATTEND, after the slots of its heads: softmax(Q Kᵀ + mask) V for blocks of queries. */
export const output = 9; // [B, T, A·K]
export const blockQueries = 10;
export const blockKeys = 11; // a multiple of 8
export const mask = 12; // address, or 0
export const maskImage = 13; // bytes from one image to the next
export const maskQuery = 14; // bytes from one query to the next
export const scratch = 15; // the main thread's; it begins with Q [blockQueries][K]
export const scratchStride = 16; // bytes from one thread to the next
// where in the scratch of a thread the other parts are, in bytes
export const sums = 17; // O [blockQueries + 3][sumBytes]
export const sumBytes = 18; // of a row
export const maxima = 19; // m [blockQueries]
export const totals = 20; // l [blockQueries]
export const scores = 21; // [blockQueries + 3][blockKeys]
