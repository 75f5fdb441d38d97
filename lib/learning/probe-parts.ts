/** Which heads see which features, so that each feature is multiplied once for all heads that see it. */
import type { ProbeFeatures, ProbeInput } from './probe-features.ts';

/** Features next to each other that the same inputs see. */
export interface ProbePart {
  /** the first and one past the last of the inputs that see it */
  readonly inputs: readonly [first: number, end: number];
  /** [n, width]; of the first part, which all inputs see, with a 1 behind, by which a weight becomes the bias */
  readonly rows: Float32Array;
  readonly width: number;
}

/**
 * Inputs in an order in which those that see a layer, or the mean of patches, stand side by side: without the mean by rising
 * numbers of blocks, then with it by falling ones.
 *
 * @param blocks numbers of last blocks
 */
export function sideBySide(blocks: readonly number[]): ProbeInput[] {
  const rising = [...new Set(blocks)].sort((a, b) => a - b);
  return [
    ...rising.map((n) => ({ blocks: n, averagePool: false })),
    ...[...rising].reverse().map((n) => ({ blocks: n, averagePool: true })),
  ];
}

/**
 * Features of the last blocks, then of the blocks before them that more inputs see, and so on, then the mean of patches.
 *
 * @param blocks numbers of last blocks
 */
export function probeParts(
  { layers, patchMean, dim }: ProbeFeatures,
  blocks: readonly number[],
): ProbePart[] {
  const rising = [...new Set(blocks)].sort((a, b) => a - b);
  const numInputs = 2 * rising.length;
  const parts = rising.map((n, i): ProbePart => {
    const arrays = layers.slice(layers.length - n, layers.length - (rising[i - 1] ?? 0));
    return { inputs: [i, numInputs - i], ...sideways(arrays, dim, i === 0) };
  });
  return [...parts, { inputs: [rising.length, numInputs], ...sideways([patchMean], dim, false) }];
}

/** Rows of several arrays [n, D] behind each other. */
function sideways(
  arrays: readonly Float32Array[],
  dim: number,
  withOne: boolean,
): { rows: Float32Array; width: number } {
  const width = arrays.length * dim + Number(withOne);
  const count = arrays[0]!.length / dim;
  const rows = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    for (const [a, array] of arrays.entries()) {
      rows.set(array.subarray(i * dim, (i + 1) * dim), i * width + a * dim);
    }
    if (withOne) rows[(i + 1) * width - 1] = 1;
  }
  return { rows, width };
}

/** Where weights of one input stand among those of a part. */
export interface Place {
  readonly part: number;
  /** the input among those that see the part */
  readonly input: number;
  /** how many weights of a row, from its first on */
  readonly count: number;
}

/**
 * Where the weights of an input stand, in the order of Meta's input: the earliest block first, the mean of patches last.
 *
 * @param input the place of the input in `sideBySide`
 */
export function placesOf(parts: readonly ProbePart[], input: number): Place[] {
  const seen = parts.flatMap(({ inputs: [first, end], width }, part): Place[] =>
    first <= input && input < end
      ? [{ part, input: input - first, count: part === 0 ? width - 1 : width }]
      : [],
  );
  const mean = seen.filter(({ part }) => part === parts.length - 1);
  return [...seen.slice(0, seen.length - mean.length).reverse(), ...mean];
}
