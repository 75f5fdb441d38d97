import { ZEROS } from '../control-block';
import { keyBytes, valueBytes } from './heads';
import { address, nextItem, parameter } from './job';
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
 * Parameters: qkv, T, A, K, first pair, pairs, panels as PACK_HEADS made them, output [B, T, A·K], queries of a block,
 * keys of a block (a multiple of 8), mask or 0, mask bytes between images, mask bytes between queries, scratch,
 * scratch bytes of a thread.
 *
 * An item is a pair of batch and head × a block of queries. Scores exist for a block of queries × a block of keys
 * only; from one block of keys to the next, sums are rescaled as the largest score rises (online softmax, Milakov and
 * Gimelshein, arXiv:1805.02867).
 */
export function attend(thread: i32): void {
  const qkv = address(0), T = parameter(1), A = parameter(2), K = parameter(3), firstPair = parameter(4);
  const pairs = parameter(5), panels = address(6), output = address(7), blockQueries = parameter(8);
  const blockKeys = parameter(9), mask = address(10), maskBatch = address(11), maskRow = address(12);
  const row = <usize>(3 * A * K) << 2;
  const keys = keyBytes(T, K);
  const bytes = keys + valueBytes(T, K);
  const blocks = (T + blockQueries - 1) / blockQueries;
  const items = pairs * blocks;
  const headBytes = <usize>K << 2;
  const wide = <usize>((K + 7) & ~7) << 2;
  const scoreBytes = <usize>blockKeys << 2;
  // scratch: Q [queries][K], O [queries + 7][wide], m and l [queries] each, scores [queries + 7][keys of a block]; its
  // size is `scratchBytes` in `kernels/attention.ts`
  const q = address(13) + <usize>thread * address(14);
  const o = q + (<usize>blockQueries * headBytes + 63 & ~63);
  const m = o + <usize>(blockQueries + 7) * wide;
  const l = m + (<usize>blockQueries << 2);
  const s = l + (<usize>blockQueries << 2) + 63 & ~63;

  for (let item = nextItem(); item < items; item = nextItem()) {
    const pair = firstPair + item / blocks;
    const firstQuery = item % blocks * blockQueries;
    const queries = min(blockQueries, T - firstQuery);
    const batch = pair / A, head = pair % A;
    const k = panels + <usize>(item / blocks) * bytes;
    const v = k + keys;
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
          addMask(scores, mask + <usize>batch * maskBatch + <usize>(firstQuery + i) * maskRow + (<usize>key << 2), width);
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
