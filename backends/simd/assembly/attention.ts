import { ZEROS } from '../control-block';
import * as slots from '../slots/attend';
import * as heads from '../slots/heads';
import { address, integer, nextItem } from './job';
import { maxLanes, sumLanes } from './lanes';
import { madd } from './madd';
import { ACCUMULATE, START, product } from './strip';
import { LOG2E, exp2 } from './transcendental';

/**
 * One row of scores [width], from logarithms to weights, joined to what earlier blocks of keys gave.
 *
 * With m the largest score so far and l the sum of 2^(score − m): scores become 2^(score − m), m and l are brought up
 * to date, and what was summed under the old m is to be multiplied by 2^(old m − m).
 *
 * @returns that factor
 */
// @ts-ignore: decorator
@inline
function softmaxRow(scores: usize, width: i32, m: usize, l: usize, first: bool): f32 {
  const end = scores + (<usize>width << 2);
  let m0 = v128.load(scores), m1 = v128.load(scores, 16);
  for (let s = scores + 32; s < end; s += 32) {
    m0 = f32x4.pmax(m0, v128.load(s));
    m1 = f32x4.pmax(m1, v128.load(s, 16));
  }
  const old = first ? NEGLIGIBLE : load<f32>(m);
  const top = max(old, maxLanes(f32x4.pmax(m0, m1)));
  const shift = f32x4.splat(top);
  let l0 = f32x4.splat(0), l1 = l0;
  for (let s = scores; s < end; s += 32) {
    const e0 = exp2(f32x4.sub(v128.load(s), shift)), e1 = exp2(f32x4.sub(v128.load(s, 16), shift));
    v128.store(s, e0);
    v128.store(s, e1, 16);
    l0 = f32x4.add(l0, e0);
    l1 = f32x4.add(l1, e1);
  }
  let sum = sumLanes(f32x4.add(l0, l1));
  let factor: f32 = 1;
  if (!first && old < top) factor = f32x4.extract_lane(exp2(f32x4.splat(old - top)), 0);
  if (!first) sum += factor * load<f32>(l);
  store<f32>(m, top);
  store<f32>(l, sum);
  return factor;
}

/** Below every score that counts, and finite: a row that is masked out altogether becomes uniform, not NaN. */
const NEGLIGIBLE: f32 = -1e30;

function addMask(scores: usize, mask: usize, width: i32): void {
  const factor = f32x4.splat(LOG2E);
  let k = 0;
  for (; k + 4 <= width; k += 4) {
    v128.store(scores, madd(v128.load(mask), factor, v128.load(scores)));
    scores += 16;
    mask += 16;
  }
  for (; k < width; ++k) {
    store<f32>(scores, load<f32>(scores) + load<f32>(mask) * LOG2E);
    scores += 4;
    mask += 4;
  }
}

/** O [K] / l into the output. */
// @ts-ignore: decorator
@inline
function writeRow(o: usize, l: f32, K: i32, to: usize): void {
  const divisor = f32x4.splat(l);
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    v128.store(to, f32x4.div(v128.load(o), divisor));
    o += 16;
    to += 16;
  }
  for (; k < K; ++k) {
    store<f32>(to, load<f32>(o) / l);
    o += 4;
    to += 4;
  }
}

/**
 * ATTEND: softmax(Q Kᵀ + mask) V for blocks of queries of every head.
 *
 * An item is a pair of batch and head × a block of queries. Scores exist for a block of queries × a block of keys
 * only; from one block of keys to the next, sums are rescaled as the largest score rises (online softmax, Milakov and
 * Gimelshein, arXiv:1805.02867).
 */
export function attend(thread: i32): void {
  const qkv = address(heads.qkv), T = integer(heads.T), A = integer(heads.A), K = integer(heads.K);
  const firstPair = integer(heads.firstPair), pairs = integer(heads.pairs);
  const panels = address(heads.panels), keyBytes = address(heads.keyBytes), pairBytes = address(heads.pairBytes);
  const output = address(slots.output), blockQueries = integer(slots.blockQueries), blockKeys = integer(slots.blockKeys);
  const mask = address(slots.mask), maskImage = address(slots.maskImage), maskQuery = address(slots.maskQuery);
  const q = address(slots.scratch) + <usize>thread * address(slots.scratchStride);
  const o = q + address(slots.sums), wide = address(slots.sumBytes);
  const m = q + address(slots.maxima), l = q + address(slots.totals), s = q + address(slots.scores);
  const row = <usize>(3 * A * K) << 2;
  const blocks = (T + blockQueries - 1) / blockQueries;
  const items = pairs * blocks;
  const headBytes = <usize>K << 2;
  const scoreBytes = <usize>blockKeys << 2;

  for (let item = nextItem(); item < items; item = nextItem()) {
    const pair = firstPair + item / blocks;
    const firstQuery = item % blocks * blockQueries;
    const queries = min(blockQueries, T - firstQuery);
    const batch = pair / A, head = pair % A;
    const k = panels + <usize>(item / blocks) * pairBytes;
    const v = k + keyBytes;
    const from = qkv + <usize>(batch * T + firstQuery) * row + <usize>head * headBytes;
    for (let i = 0; i < queries; ++i) memory.copy(q + <usize>i * headBytes, from + <usize>i * row, headBytes);

    for (let key = 0; key < T; key += blockKeys) {
      const width = min(blockKeys, T - key);
      const padded = (width + 7) & ~7;
      for (let p = 0; p < padded; p += 8) {
        const panel = k + <usize>(key + p) * headBytes;
        const next = p + 8 < padded ? panel + (headBytes << 3) : 0;
        product(K, queries, q, headBytes, panel, s + (<usize>p << 2), scoreBytes, START, ZEROS, next);
      }
      for (let i = 0; i < queries; ++i) {
        const scores = s + <usize>i * scoreBytes;
        if (mask) {
          addMask(scores, mask + <usize>batch * maskImage + <usize>(firstQuery + i) * maskQuery + (<usize>key << 2), width);
        }
        for (let p = width; p < padded; ++p) store<f32>(scores + (<usize>p << 2), -Infinity);
        const factor = softmaxRow(scores, padded, m + (<usize>i << 2), l + (<usize>i << 2), key == 0);
        if (factor != 1) {
          const f = f32x4.splat(factor);
          for (let c: usize = 0; c < wide; c += 16) {
            const at = o + <usize>i * wide + c;
            v128.store(at, f32x4.mul(v128.load(at), f));
          }
        }
      }
      for (let c = 0; c < K; c += 8) {
        const panel = v + (<usize>(c >> 3) * <usize>T + <usize>key << 5);
        const next = c + 8 < K ? panel + (<usize>T << 5) : 0;
        const mode = key == 0 ? START : ACCUMULATE;
        product(width, queries, s, scoreBytes, panel, o + (<usize>c << 2), wide, mode, ZEROS, next);
      }
    }
    let to = output + <usize>(batch * T + firstQuery) * (<usize>A * headBytes) + <usize>head * headBytes;
    for (let i = 0; i < queries; ++i) {
      writeRow(o + <usize>i * wide, load<f32>(l + (<usize>i << 2)), K, to);
      to += <usize>A * headBytes;
    }
  }
}
