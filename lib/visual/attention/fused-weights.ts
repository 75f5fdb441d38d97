/** The weights of all heads of a layer in one matrix, as rollouts take them. */
import {
  add,
  matMul,
  maximum,
  minimum,
  mul,
  reshape,
  slice,
  softmax,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { HeadFusion, RolloutSettings } from './rollout.ts';

/**
 * The weights of a layer, fused over heads, with the lowest share of them at 0.
 *
 * @param query [1, A, T, K]; borrowed
 * @param key [1, A, T, K]; borrowed
 * @returns [T, T], owned by the caller
 */
export function fusedWeights(
  query: Tensor4D,
  key: Tensor4D,
  { headFusion, discardRatio }: RolloutSettings,
): Tensor2D {
  return tidy(() => discard(fuse(query, key, headFusion), discardRatio));
}

/** The weights of all heads in one matrix [T, T]; those of one head at a time are in memory. */
function fuse(query: Tensor4D, key: Tensor4D, fusion: HeadFusion): Tensor2D {
  const [, A, T, K] = query.shape;
  const combine = { mean: add, min: minimum, max: maximum }[fusion];
  return tidy(() => {
    const headOf = (packed: Tensor4D, head: number): Tensor2D =>
      reshape(slice(packed, [0, head, 0, 0], [1, 1, T, K]), [T, K]);
    let fused: Tensor2D | undefined;
    for (let head = 0; head < A; head++) {
      const before = fused;
      fused = tidy(() => {
        const scaled: Tensor2D = mul(headOf(query, head), K ** -0.5);
        const weights = weightsOf(scaled, headOf(key, head));
        return before === undefined ? weights : (combine(before, weights) as Tensor2D);
      });
      before?.dispose();
    }
    if (fused === undefined) throw new Error('internal: attention without heads');
    return fusion === 'mean' ? mul(fused, 1 / A) : fused;
  });
}

/** [T, K] of one head → [T, T]; the scores are gone before anything else is computed. */
function weightsOf(query: Tensor2D, key: Tensor2D): Tensor2D {
  return tidy(() => softmax(matMul(query, key, false, true)));
}

/** The weights with the lowest of them at 0; of equal ones, those that come first. */
function discard(weights: Tensor2D, ratio: number): Tensor2D {
  const count = Math.floor(weights.size * ratio);
  if (count === 0) return weights;
  const values = weights.dataSync<'float32'>().slice();
  const highest = lowest(values, count);
  let equal = count - values.reduce((below, value) => below + (value < highest ? 1 : 0), 0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const isLow = value < highest || (value === highest && equal-- > 0);
    if (isLow && i > 0) values[i] = 0;
  }
  return tensor2d(values, weights.shape);
}

/**
 * What would be the last of the lowest values, were they sorted: found by counting them by their bits, which are in the order of the values
 * as none is negative; sorting millions takes ten times as long.
 */
function lowest(values: Float32Array, count: number): number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let place = count - 1;
  const half = (shift: number, isOf: (each: number) => boolean): number => {
    const counts = new Uint32Array(1 << 16);
    for (const each of bits) {
      if (!isOf(each)) continue;
      const digit = (each >>> shift) & 0xffff;
      counts[digit] = counts[digit]! + 1;
    }
    let digit = 0;
    while (place >= counts[digit]!) place -= counts[digit++]!;
    return digit;
  };
  const upper = half(16, () => true);
  const lower = half(0, (each) => each >>> 16 === upper);
  return new Float32Array(Uint32Array.of(upper * 2 ** 16 + lower).buffer)[0]!;
}
