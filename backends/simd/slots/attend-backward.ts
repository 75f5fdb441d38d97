/** ATTEND_BACKWARD: the gradient of softmax(Q Kᵀ · scale + mask) V by Q, K and V. */
import { FIRST_FLOAT } from '../control-block.ts';

export const qkv = 0; // [B, T, 3·A·K]
export const T = 1;
export const A = 2;
export const K = 3;
export const pairs = 4; // of batch and head
export const mask = 5; // address, or 0
export const maskImage = 6; // bytes from one image to the next
export const maskQuery = 7; // bytes from one query to the next
export const output = 8; // [B, T, A·K]
export const dy = 9; // [B, T, A·K]
export const dqkv = 10; // [B, T, 3·A·K]
export const blockQueries = 11; // a multiple of 8
export const blockKeys = 12; // a multiple of 4, or all
export const scratch = 13; // the main thread's
export const scratchStride = 14; // bytes from one thread to the next
// where in the scratch of a thread each part is, in bytes
// of a pair
export const keys = 15; // [T][K]
export const values = 16; // [T][K]
export const keyColumns = 17; // [K][T]
export const dKeys = 18; // [T + 3][sumBytes]
export const dValues = 19; // [T + 3][sumBytes]
export const sumBytes = 20; // of a row
// of a block of queries: as panels [⌈blockQueries/8⌉][K][8] and [⌈K/8⌉][blockQueries][8]
export const queryColumns = 21;
export const dyColumns = 22;
export const queryRows = 23;
export const dyRows = 24;
export const deltas = 25; // Σ dy · output of a query [blockQueries]
export const factors = 26; // 1/Σ 2^(score − the largest) of a query [blockQueries]
export const weights = 27; // [T + 3][blockQueries]
export const dQueries = 28; // [K + 3][blockQueries]
// of a block of queries and a block of keys
export const dScores = 29; // [blockKeys + 3][blockQueries]
export const dScorePanels = 30; // [⌈blockQueries/8⌉][blockKeys][8]
export const scale = FIRST_FLOAT;
