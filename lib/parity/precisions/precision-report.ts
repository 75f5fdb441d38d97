/** What is reported of precisions, in plain objects that JSON can hold. */
import type { Precision } from '../../../ops/precision.ts';
import type { Pooling } from '../../tasks/embed.ts';
import type { PairComparison } from './compare-pair.ts';
import type { RoundedPrecision } from './rounded-precision.ts';

/** What a model takes in a precision. */
export interface PrecisionFootprint {
  readonly precision: Precision;
  /**
   * bytes of the weights, of which a file has little more: linear weights of the blocks in 4, 2 or 1 bytes, of i8 with a scale
   * of 4 bytes an output; what else there is in 4 bytes
   */
  readonly weightBytes: number;
  /** bytes in which the backend keeps them: more than `weightBytes` where it has no kernels for the precision */
  readonly memoryBytes: number;
  /** milliseconds of a forward pass over a batch: the median of all that were timed */
  readonly milliseconds: number;
}

/** A precision beside f32. */
export interface PrecisionComparison extends PrecisionFootprint, PairComparison {
  readonly precision: RoundedPrecision;
  /** the median of the passes in f32 that were timed in turns with this precision's */
  readonly f32Milliseconds: number;
  /** `f32Milliseconds` by `milliseconds`: above 1 this precision is faster */
  readonly speedup: number;
}

/** What each precision costs. */
export interface PrecisionReport {
  /** the class of the model */
  readonly architecture: string;
  /** TF.js's name of what computed */
  readonly device: string;
  /** how many images were compared */
  readonly images: number;
  /** whether it was an image of our own making, as none were given: it says nothing of neighbours, and little of yours */
  readonly synthetic: boolean;
  /** how many images the batch had that was timed: the first */
  readonly batch: number;
  readonly pool: Pooling;
  readonly f32: PrecisionFootprint;
  readonly precisions: readonly PrecisionComparison[];
}
