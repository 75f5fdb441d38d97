/** PACK_HEADS and ATTEND: some pairs of batch and head, and the panels of their keys and values. */
export const qkv = 0; // [B, T, 3·A·K]
export const T = 1;
export const A = 2;
export const K = 3;
export const firstPair = 4;
export const pairs = 5;
export const panels = 6; // for each pair: keys [⌈T/8⌉][K][8], values [⌈K/8⌉][T][8]
export const keyBytes = 7; // of a pair
export const pairBytes = 8; // keys and values
