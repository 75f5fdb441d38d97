/** The precision of a model: what is asked for, what a file is in, and which weights it is of. */
import { isRounded, PRECISIONS, type Precision } from '../../ops/precision.ts';
import { choice, type OptionsOf } from '../../options/rows.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';

/** What the weights of a model are to be rounded to. */
export const PRECISION_OPTIONS = {
  /**
   * `f32`, `f16` or `i8`, of the linear weights of the blocks, which are nearly all there are; what else there is stays in
   * float32. Default: as the file has them, `i8` for one that `convert(…, { dtype: 'i8' })` wrote, else `f32`
   */
  precision: choice(PRECISIONS, {
    flag: '--precision <precision>',
    help: 'what linear weights are rounded to (default: i8 for files in 8 bits, else f32)',
  }),
};

/** The option `precision` of everything that makes a model. */
export interface PrecisionOptions extends OptionsOf<typeof PRECISION_OPTIONS> {}

/**
 * The precision of a linear weight: that of the model in the blocks of the transformer, and float32 elsewhere. The embedding of
 * patches, which is a convolution, sees pixels, and heads are small.
 *
 * @param name our full name of the weight
 * @param precision undefined: as the file has it
 */
export function precisionOf<Chosen extends Precision | undefined>(
  name: string,
  precision: Chosen,
): Chosen | 'f32' {
  return isRounded(name) ? precision : 'f32';
}

/** The precision of a file's own weights: `i8` if one in the blocks is in 8 bits. */
export function filePrecision({ parameters }: Pick<MappedCheckpoint, 'parameters'>): Precision {
  const eightBits = [...parameters].some(
    ([name, { parts }]) =>
      isRounded(name) && parts.some((part) => 'tensor' in part && part.scales !== undefined),
  );
  return eightBits ? 'i8' : 'f32';
}
