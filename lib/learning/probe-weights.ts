/** Weights of single heads, and of all heads by part. */
import type { TorchGenerator } from '../../random/torch-generator.ts';
import { LinearClassifier } from './linear-classifier.ts';
import { type ProbePart, placesOf } from './probe-parts.ts';

/** Of the weights at the start. */
const DEVIATION = 0.01;

/** How heads lie in the weights of a part: input by input, in each learning rate by learning rate. */
export interface HeadLayout {
  readonly parts: readonly ProbePart[];
  readonly numRates: number;
  readonly numClasses: number;
}

/**
 * The weights that heads of Meta's linear evaluation start with: `nn.Linear` draws weights and biases of its own, which are
 * replaced by normal weights, and biases of 0.
 *
 * @param order the inputs, by their places in `sideBySide`, as Meta's evaluation makes them one after another
 * @returns for each part [heads · C, width]
 */
export function initialWeights(
  { parts, numRates, numClasses }: HeadLayout,
  order: readonly number[],
  generator: TorchGenerator,
): Float32Array[] {
  const all = parts.map(
    ({ inputs: [first, end], width }) => new Float32Array((end - first) * numRates * numClasses * width),
  );
  for (const input of order) {
    const places = placesOf(parts, input);
    const dim = places.reduce((sum, { count }) => sum + count, 0);
    for (let rate = 0; rate < numRates; rate++) {
      for (let i = 0; i < (dim + 1) * numClasses; i++) generator.word();
      const drawn = generator.normal(dim * numClasses, 0, DEVIATION);
      let from = 0;
      for (let k = 0; k < numClasses; k++) {
        for (const { part, input: own, count } of places) {
          const row = (own * numRates + rate) * numClasses + k;
          all[part]!.set(drawn.subarray(from, from + count), row * parts[part]!.width);
          from += count;
        }
      }
    }
  }
  return all;
}

/**
 * One head out of all.
 *
 * @param weights for each part [heads · C, width]
 * @param input its place in `sideBySide`
 */
export function headOf(
  { parts, numRates, numClasses }: HeadLayout,
  weights: readonly Float32Array[],
  input: number,
  rate: number,
): LinearClassifier {
  const places = placesOf(parts, input);
  const dim = places.reduce((sum, { count }) => sum + count, 0);
  const weight = new Float64Array(numClasses * dim);
  const bias = new Float64Array(numClasses);
  let to = 0;
  for (let k = 0; k < numClasses; k++) {
    const { width } = parts[0]!;
    bias[k] = weights[0]![((input * numRates + rate) * numClasses + k + 1) * width - 1]!;
    for (const { part, input: own, count } of places) {
      const first = ((own * numRates + rate) * numClasses + k) * parts[part]!.width;
      weight.set(weights[part]!.subarray(first, first + count), to);
      to += count;
    }
  }
  return new LinearClassifier(weight, bias);
}
