/** The precisions that round. */
import { PRECISIONS, type Precision } from '../../../ops/precision.ts';

/** A precision that rounds. */
export type RoundedPrecision = Exclude<Precision, 'f32'>;

/** Those there are, from the finest. */
export const ROUNDED_PRECISIONS: readonly RoundedPrecision[] = PRECISIONS.filter(isRoundedPrecision);

/** Whether a value is the name of one. */
export function isRoundedPrecision(given: unknown): given is RoundedPrecision {
  return PRECISIONS.some((precision) => precision === given && precision !== 'f32');
}
