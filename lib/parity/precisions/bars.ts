/** What the outputs of a model with rounded weights are held to. */
import type { Comparison } from '../compare.ts';
import type { ReferenceTensor } from '../reference.ts';
import { AgreementTally } from './agreement.ts';
import type { RoundedPrecision } from './rounded-precision.ts';

/** What an output must reach. */
interface Bars {
  /** the cosine of each [CLS] and of the logits of each image */
  readonly image: number;
  /** the cosine of each other vector: a token, a row of attention, the feature map of an image */
  readonly vector: number;
  /** |a − b| as a share of the largest value of the reference, or of 1: a cosine does not see what all values have in common */
  readonly share: number;
}

/**
 * The bars of each precision, against the reference of a model in float32. The small models of our references, whose rows of few
 * values round worst, reach 0.9999998 and 0.0005 in f16, and 0.99995, 0.99981 and 0.012 in i8.
 */
export const PRECISION_BARS: Readonly<Record<RoundedPrecision, Bars>> = {
  f16: { image: 0.999999, vector: 0.999999, share: 0.002 },
  i8: { image: 0.9999, vector: 0.9995, share: 0.05 },
};

/** Outputs that are one vector an image. */
const OF_IMAGES: readonly string[] = ['pooler_output', 'logits'];

/**
 * Holds an output to the bars of a precision.
 *
 * @param compared the whole tensor beside its reference
 * @param actual as many values as `expected`
 * @returns whether it reaches them, and the lowest cosine of a vector of more than one value, if there are such
 */
export function heldToBars(
  compared: Comparison,
  actual: Float32Array,
  expected: ReferenceTensor,
  precision: RoundedPrecision,
): { pass: boolean; worst?: number } {
  const { name, maxAbs, maxReference } = compared;
  const { image, vector, share } = PRECISION_BARS[precision];
  const isNear = maxAbs <= share * Math.max(1, maxReference);
  const width = vectorWidth(name, expected.shape);
  if (width <= 1) return { pass: isNear };
  const tally = new AgreementTally();
  tally.add(actual, expected.values, width);
  const { worst } = tally.agreement;
  return { pass: isNear && worst >= (OF_IMAGES.includes(name) ? image : vector), worst };
}

/** How many values a vector has: the last axis, and of a feature map [B, D, h, w] all of an image. */
function vectorWidth(name: string, shape: readonly number[]): number {
  const axes = name.startsWith('feature_maps.') && shape.length === 4 ? shape.slice(1) : shape.slice(-1);
  return axes.reduce((product, length) => product * length, 1);
}
