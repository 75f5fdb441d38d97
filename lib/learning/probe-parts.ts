/** Which heads see which features, so that each feature is multiplied once for all heads that see it. */
import type { ProbeFeatures, ProbeInput } from './probe-features.ts';

/** Features next to each other that the same inputs see. */
export interface ProbePart {
  /** the first and one past the last of the inputs that see it */
  readonly inputs: readonly [first: number, end: number];
  /** arrays [n, D], put together */
  readonly arrays: readonly Float32Array[];
  /** whether a 1 stands behind, by which a weight becomes the bias; of the part that all inputs see */
  readonly hasOne: boolean;
}

/**
 * Inputs in an order in which those that see a layer, or the mean of patches, stand side by side: without the mean by rising
 * numbers of blocks, then with it by falling ones.
 */
export function inputsInOrder(blocks: readonly number[]): ProbeInput[] {
  const rising = [...new Set(blocks)].sort((a, b) => a - b);
  return [
    ...rising.map((n) => ({ blocks: n, averagePool: false })),
    ...rising.toReversed().map((n) => ({ blocks: n, averagePool: true })),
  ];
}

/**
 * Parts of the features, the last block first, then earlier ones, then the mean of patches.
 *
 * @param inputs as `inputsInOrder` gives them
 */
export function probeParts({ layers, patchMean }: ProbeFeatures, inputs: readonly ProbeInput[]): ProbePart[] {
  const numbers = [...new Set(inputs.map(({ blocks }) => blocks))];
  const parts = numbers
    .sort((a, b) => a - b)
    .map((n, i): ProbePart => {
      const after = numbers[i - 1] ?? 0;
      const arrays = layers.slice(layers.length - n, layers.length - after);
      return { inputs: [i, inputs.length - i], arrays, hasOne: i === 0 };
    });
  return [...parts, { inputs: [numbers.length, inputs.length], arrays: [patchMean], hasOne: false }];
}
