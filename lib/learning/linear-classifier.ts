/** A linear classifier in float64, however its weights were found. */
import { OptionError } from '../../errors/errors.ts';
import { timesTransposed } from '../products/times-transposed.ts';
import { requireFeatures } from './labelled-features.ts';
import { softmaxRows } from './softmax-rows.ts';

/** Scores x · Wᵀ + b of vectors x. */
export class LinearClassifier {
  /** [C, D] */
  readonly weight: Float64Array;
  /** [C] */
  readonly bias: Float64Array;
  readonly numClasses: number;
  readonly dim: number;

  /**
   * @param weight [C, D]; kept
   * @param bias [C]; kept
   * @throws OptionError if they don't fit each other
   */
  constructor(weight: Float64Array, bias: Float64Array) {
    this.numClasses = bias.length;
    this.dim = weight.length / bias.length;
    if (!(Number.isSafeInteger(this.dim) && this.dim >= 1)) {
      throw new OptionError(
        `LinearClassifier: expected a row of weights for each of ${bias.length} biases, got ${weight.length} weights`,
      );
    }
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * What a head of a model would call logits.
   *
   * @param features [n, D]
   * @returns [n, C]
   * @throws ShapeError and OptionError on features that can't be used
   */
  scores(features: Float32Array): Float64Array {
    requireFeatures('LinearClassifier', features, this.dim);
    return timesTransposed(Float64Array.from(features), this.weight, this.dim).map(
      (score, i) => score + this.bias[i % this.numClasses]!,
    );
  }

  /** The softmax of the scores: [n, C]. */
  probabilities(features: Float32Array): Float64Array {
    return softmaxRows(this.scores(features), this.numClasses);
  }

  /** The class with the highest score, of equal ones the first: [n]. */
  predict(features: Float32Array): Int32Array {
    return bestClasses(this.scores(features), this.numClasses);
  }
}

/** The place of the largest value of each row, of equal ones the first: [n]. */
export function bestClasses(scores: Float64Array, numClasses: number): Int32Array {
  return Int32Array.from({ length: scores.length / numClasses }, (_, i) => {
    const row = scores.subarray(i * numClasses, (i + 1) * numClasses);
    return row.reduce((best, score, label) => (score > row[best]! ? label : best), 0);
  });
}
