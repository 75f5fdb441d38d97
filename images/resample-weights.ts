/** What each value of a resampled axis is made of, before anything is rounded. */
import type { ResampleFilter } from './resample-filters.ts';

/** Weights of one axis: output o is Σ values[first[o] + i] · weights[o · taps + i], over i < count[o]. */
export interface ResampleWeights {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly taps: number;
  readonly weights: Float64Array;
}

/**
 * Antialiased weights in float64, those of each output divided by their sum.
 *
 * Source: Pillow 13, `Resample.c`, `precompute_coeffs`.
 */
export function resampleWeights(
  filter: ResampleFilter,
  inputSize: number,
  outputSize: number,
): ResampleWeights {
  const scale = inputSize / outputSize;
  const stretch = Math.max(scale, 1);
  const support = filter.support * stretch;
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(outputSize);
  const count = new Int32Array(outputSize);
  const weights = new Float64Array(outputSize * taps);
  for (let o = 0; o < outputSize; o++) {
    const centre = (o + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), inputSize);
    let total = 0;
    for (let j = start; j < end; j++) {
      const weight = filter.weight((j - centre + 0.5) * (1 / stretch));
      weights[o * taps + j - start] = weight;
      total += weight;
    }
    if (total !== 0)
      for (let i = 0; i < end - start; i++) weights[o * taps + i] = weights[o * taps + i]! / total;
    first[o] = start;
    count[o] = end - start;
  }
  return { first, count, taps, weights };
}
