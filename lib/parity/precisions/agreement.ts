/** How far vectors are from those of f32, over any number of them. */
import { compareValues } from '../compare.ts';

/** How far some vectors are from the same vectors in f32. */
export interface Agreement {
  /** how many vectors: of [CLS] one an image, of patches one a patch, of hidden states one a token */
  readonly vectors: number;
  /** the lowest cosine of a vector and its own in f32 */
  readonly worst: number;
  /** the mean of these cosines */
  readonly mean: number;
  /** the largest absolute difference of two values */
  readonly maxAbs: number;
  /** the largest absolute value in f32, which `maxAbs` is to be seen beside */
  readonly largest: number;
}

/** Gathers an `Agreement` without keeping the vectors. */
export class AgreementTally {
  private vectors = 0;
  private worst = Number.POSITIVE_INFINITY;
  private sum = 0;
  private maxAbs = 0;
  private largest = 0;

  /**
   * @param rounded vectors one after the other
   * @param exact the same in f32
   * @param width how many values a vector has
   */
  add(rounded: Float32Array, exact: Float32Array | Float64Array, width: number): void {
    for (let start = 0; start < exact.length; start += width) {
      const end = start + width;
      const [ours, theirs] = [rounded.subarray(start, end), exact.subarray(start, end)];
      const { cosine, maxAbs, maxReference } = compareValues('', ours, theirs, 0);
      this.vectors += 1;
      this.sum += cosine;
      // what is no number is worse than any other, and stays
      if (!(cosine >= this.worst) && !Number.isNaN(this.worst)) this.worst = cosine;
      if (!(maxAbs <= this.maxAbs) && !Number.isNaN(this.maxAbs)) this.maxAbs = maxAbs;
      this.largest = Math.max(this.largest, maxReference);
    }
  }

  /** Of all vectors so far; at least one. */
  get agreement(): Agreement {
    const { vectors, worst, sum, maxAbs, largest } = this;
    return { vectors, worst, mean: sum / vectors, maxAbs, largest };
  }
}
