import * as heads from '../slots/heads';
import * as slots from '../slots/pack-heads';
import { address, float, integer, nextItem } from './job';
import { LOG2E } from './transcendental';
import { storeTransposed } from './transpose';

/** PACK_HEADS: keys and values of every head into panels, the keys times scale · log2 e. An item is a pair. */
export function packHeads(): void {
  const qkv = address(heads.qkv), T = integer(heads.T), A = integer(heads.A), K = integer(heads.K);
  const firstPair = integer(heads.firstPair), pairs = integer(heads.pairs);
  const panels = address(heads.panels), keyBytes = address(heads.keyBytes), pairBytes = address(heads.pairBytes);
  const scale = f32x4.splat(float(slots.scale) * LOG2E);
  const row = <usize>(3 * A * K) << 2;
  for (let item = nextItem(); item < pairs; item = nextItem()) {
    const pair = firstPair + item;
    const token = qkv + <usize>(pair / A * T) * row + (<usize>(pair % A * K) << 2);
    const to = panels + <usize>item * pairBytes;
    packKeys(token + (<usize>(A * K) << 2), row, T, K, scale, to);
    packValues(token + (<usize>(2 * A * K) << 2), row, T, K, to + keyBytes);
  }
}

// tokens beyond T repeat the last one; their scores are struck out later
export function packKeys(from: usize, row: usize, T: i32, K: i32, scale: v128, to: usize): void {
  const last = from + <usize>(T - 1) * row;
  for (let t = 0; t < T; t += 8) {
    for (let half: usize = 0; half < 2; ++half) {
      let s0 = min(from + <usize>t * row + half * 4 * row, last);
      let s1 = min(s0 + row, last), s2 = min(s1 + row, last), s3 = min(s2 + row, last);
      let d = to + (half << 4);
      let k = 0;
      for (; k + 4 <= K; k += 4) {
        storeTransposed(
          d, 32,
          f32x4.mul(scale, v128.load(s0)), f32x4.mul(scale, v128.load(s1)),
          f32x4.mul(scale, v128.load(s2)), f32x4.mul(scale, v128.load(s3)),
        );
        s0 += 16; s1 += 16; s2 += 16; s3 += 16;
        d += 128;
      }
      const factor = f32x4.extract_lane(scale, 0);
      for (; k < K; ++k) {
        store<f32>(d, load<f32>(s0) * factor);
        store<f32>(d, load<f32>(s1) * factor, 4);
        store<f32>(d, load<f32>(s2) * factor, 8);
        store<f32>(d, load<f32>(s3) * factor, 12);
        s0 += 4; s1 += 4; s2 += 4; s3 += 4;
        d += 32;
      }
    }
    to += <usize>K << 5;
  }
}

export function packValues(from: usize, row: usize, T: i32, K: i32, to: usize): void {
  const panel = <usize>T << 5;
  for (let t = 0; t < T; ++t) {
    let d = to + (<usize>t << 5);
    let k = 0;
    for (; k + 8 <= K; k += 8) {
      v128.store(d, v128.load(from + (<usize>k << 2)));
      v128.store(d, v128.load(from + (<usize>k << 2), 16), 16);
      d += panel;
    }
    if (k < K) {
      for (let i = 0; i < 8; ++i) {
        store<f32>(d + (<usize>i << 2), k + i < K ? load<f32>(from + (<usize>(k + i) << 2)) : 0);
      }
    }
    from += row;
  }
}
