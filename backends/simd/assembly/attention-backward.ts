import { ZEROS } from '../control-block';
import * as slots from '../slots/attend-backward';
import { packKeys, packValues } from './heads';
import { address, float, integer, nextItem } from './job';
import { sumLanes } from './lanes';
import { madd } from './madd';
import { ACCUMULATE, START, product } from './strip';
import { LOG2E, exp2 } from './transcendental';
import { transpose } from './transpose';

/** Below every score that counts, and finite, as in ATTEND. */
const NEGLIGIBLE: f32 = -1e30;

/** Weights that are summed up at a time: sums of sums round less than one long sum. */
const RUN: i32 = 32;

function copyRows(from: usize, row: usize, rows: i32, bytes: usize, to: usize, toRow: usize): void {
  for (let r = 0; r < rows; ++r) {
    memory.copy(to, from, bytes);
    from += row;
    to += toRow;
  }
}

/** Σ a·b of two rows [K]. */
function dot(a: usize, b: usize, K: i32): f32 {
  let s = f32x4.splat(0);
  const end = a + (<usize>(K & ~3) << 2);
  while (a < end) {
    s = madd(v128.load(a), v128.load(b), s);
    a += 16;
    b += 16;
  }
  let sum = sumLanes(s);
  for (let i = K & 3; i > 0; --i) {
    sum += load<f32>(a) * load<f32>(b);
    a += 4;
    b += 4;
  }
  return sum;
}

/** Adds the mask [queries][T] to scores [T][queries]. */
function addMask(scores: usize, line: usize, T: i32, mask: usize, maskQuery: usize, queries: i32): void {
  for (let k = 0; k < T; ++k) {
    let m = mask + (<usize>k << 2);
    for (let i = 0; i < queries; ++i) {
      const at = scores + (<usize>i << 2);
      store<f32>(at, load<f32>(at) + load<f32>(m) * LOG2E);
      m += maskQuery;
    }
    scores += line;
  }
}

/** Eight columns of scores [T], from logarithms to 2^(score − the largest), and 1/Σ of each to `factors`. */
function softmaxColumns(scores: usize, line: usize, T: i32, factors: usize): void {
  const end = scores + <usize>T * line;
  let m0 = f32x4.splat(NEGLIGIBLE), m1 = m0;
  for (let s = scores; s < end; s += line) {
    m0 = f32x4.pmax(m0, v128.load(s));
    m1 = f32x4.pmax(m1, v128.load(s, 16));
  }
  let l0 = f32x4.splat(0), l1 = l0;
  let s = scores;
  while (s < end) {
    const stop = min(s + <usize>RUN * line, end);
    let r0 = f32x4.splat(0), r1 = r0;
    for (; s < stop; s += line) {
      const e0 = exp2(f32x4.sub(v128.load(s), m0)), e1 = exp2(f32x4.sub(v128.load(s, 16), m1));
      v128.store(s, e0);
      v128.store(s, e1, 16);
      r0 = f32x4.add(r0, e0);
      r1 = f32x4.add(r1, e1);
    }
    l0 = f32x4.add(l0, r0);
    l1 = f32x4.add(l1, r1);
  }
  const one = f32x4.splat(1);
  v128.store(factors, f32x4.div(one, l0));
  v128.store(factors, f32x4.div(one, l1), 16);
}

/**
 * Eight columns of a block of keys: weights become P, and gradients of P become those of the scores,
 * P∘(dP − delta)·scale, which also go to `panel` [rows][8].
 */
// @ts-ignore: decorator
@inline
function scoreGradients(
  weights: usize, gradients: usize, line: usize, rows: i32, factors: usize, deltas: usize, scale: f32, panel: usize,
): void {
  const f0 = v128.load(factors), f1 = v128.load(factors, 16);
  const d0 = v128.load(deltas), d1 = v128.load(deltas, 16);
  const by = f32x4.splat(scale);
  for (let r = 0; r < rows; ++r) {
    const p0 = f32x4.mul(v128.load(weights), f0), p1 = f32x4.mul(v128.load(weights, 16), f1);
    v128.store(weights, p0);
    v128.store(weights, p1, 16);
    const g0 = f32x4.mul(f32x4.mul(p0, f32x4.sub(v128.load(gradients), d0)), by);
    const g1 = f32x4.mul(f32x4.mul(p1, f32x4.sub(v128.load(gradients, 16), d1)), by);
    v128.store(gradients, g0);
    v128.store(gradients, g1, 16);
    v128.store(panel, g0);
    v128.store(panel, g1, 16);
    weights += line;
    gradients += line;
    panel += 32;
  }
}

/**
 * ATTEND_BACKWARD: with P = softmax(Q Kᵀ · scale + mask) and dP = dy Vᵀ, the gradient by the scores is
 * dS = P∘(dP − Σ dy·output)·scale, and dQ = dS K, dK = dSᵀ Q, dV = Pᵀ dy.
 *
 * An item is a pair of batch and head, whose dK and dV one thread sums up. Scores exist, transposed, for a block of
 * queries × all keys; their gradients for a block of keys only (Dao et al., FlashAttention, arXiv:2205.14135, §3.2,
 * which recomputes likewise).
 */
export function attendBackward(thread: i32): void {
  const qkv = address(slots.qkv), T = integer(slots.T), A = integer(slots.A), K = integer(slots.K);
  const pairs = integer(slots.pairs), scale = float(slots.scale);
  const mask = address(slots.mask), maskImage = address(slots.maskImage), maskQuery = address(slots.maskQuery);
  const output = address(slots.output), dy = address(slots.dy), dqkv = address(slots.dqkv);
  const blockQueries = integer(slots.blockQueries), blockKeys = integer(slots.blockKeys);
  const scratch = address(slots.scratch) + <usize>thread * address(slots.scratchStride);
  const keys = scratch + address(slots.keys), values = scratch + address(slots.values);
  const keyColumns = scratch + address(slots.keyColumns), wide = address(slots.sumBytes);
  const dKeys = scratch + address(slots.dKeys), dValues = scratch + address(slots.dValues);
  const queryColumns = scratch + address(slots.queryColumns), dyColumns = scratch + address(slots.dyColumns);
  const queryRows = scratch + address(slots.queryRows), dyRows = scratch + address(slots.dyRows);
  const deltas = scratch + address(slots.deltas), factors = scratch + address(slots.factors);
  const weights = scratch + address(slots.weights), dQueries = scratch + address(slots.dQueries);
  const dScores = scratch + address(slots.dScores), dScorePanels = scratch + address(slots.dScorePanels);
  const headBytes = <usize>K << 2, inner = <usize>A * headBytes, row = 3 * inner;
  const line = <usize>blockQueries << 2;
  const columnPanel = headBytes << 3, scorePanel = <usize>blockKeys << 5;

  for (let pair = nextItem(); pair < pairs; pair = nextItem()) {
    const batch = pair / A;
    const head = <usize>(pair % A) * headBytes;
    const ofPair = <usize>(batch * T) * row + head;
    copyRows(qkv + ofPair + inner, row, T, headBytes, keys, headBytes);
    copyRows(qkv + ofPair + 2 * inner, row, T, headBytes, values, headBytes);
    transpose(keys, headBytes, T, K, keyColumns, <usize>T << 2);

    for (let first = 0; first < T; first += blockQueries) {
      const queries = min(blockQueries, T - first);
      const panels = (queries + 7) >> 3;
      const q = qkv + ofPair + <usize>first * row;
      const ofBlock = <usize>(batch * T + first) * inner + head;
      packKeys(q, row, queries, K, f32x4.splat(scale * LOG2E), queryColumns);
      packKeys(dy + ofBlock, inner, queries, K, f32x4.splat(1), dyColumns);
      packValues(q, row, queries, K, queryRows);
      packValues(dy + ofBlock, inner, queries, K, dyRows);
      for (let i: usize = 0; i < <usize>queries; ++i) {
        store<f32>(deltas + (i << 2), dot(dy + ofBlock + i * inner, output + ofBlock + i * inner, K));
      }
      for (let key = 0; key < T; key += blockKeys) {
        const rows = min(blockKeys, T - key);
        const from = keys + <usize>key * headBytes, to = weights + <usize>key * line;
        for (let p: usize = 0; p < <usize>panels; ++p) {
          product(K, rows, from, headBytes, queryColumns + p * columnPanel, to + (p << 5), line, START, ZEROS);
        }
      }
      if (mask) {
        addMask(weights, line, T, mask + <usize>batch * maskImage + <usize>first * maskQuery, maskQuery, queries);
      }
      for (let p: usize = 0; p < <usize>panels; ++p) softmaxColumns(weights + (p << 5), line, T, factors + (p << 5));

      const modeOfSums = first == 0 ? START : ACCUMULATE;
      for (let key = 0; key < T; key += blockKeys) {
        const rows = min(blockKeys, T - key);
        const p = weights + <usize>key * line;
        for (let i: usize = 0; i < <usize>panels; ++i) {
          const g = dScores + (i << 5);
          product(K, rows, values + <usize>key * headBytes, headBytes, dyColumns + i * columnPanel, g, line, START, ZEROS);
          scoreGradients(p + (i << 5), g, line, rows, factors + (i << 5), deltas + (i << 5), scale, dScorePanels + i * scorePanel);
        }
        const sums = <usize>key * wide;
        for (let c: usize = 0; c < <usize>K; c += 8) {
          const panel = (c >> 3) * (<usize>queries << 5), column = sums + (c << 2);
          product(queries, rows, p, line, dyRows + panel, dValues + column, wide, modeOfSums, ZEROS);
          product(queries, rows, dScores, line, queryRows + panel, dKeys + column, wide, modeOfSums, ZEROS);
        }
        const modeOfQueries = key == 0 ? START : ACCUMULATE;
        const columns = keyColumns + (<usize>key << 2);
        for (let i: usize = 0; i < <usize>panels; ++i) {
          product(rows, K, columns, <usize>T << 2, dScorePanels + i * scorePanel, dQueries + (i << 5), line, modeOfQueries, ZEROS);
        }
      }
      transpose(dQueries, line, K, queries, dqkv + ofPair + <usize>first * row, row);
    }
    copyRows(dKeys, wide, T, headBytes, dqkv + ofPair + inner, row);
    copyRows(dValues, wide, T, headBytes, dqkv + ofPair + 2 * inner, row);
  }
}
