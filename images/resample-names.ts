/** The names of Pillow's resampling filters, as files write them. */
import { wrongSetting } from '../errors/wrong-setting.ts';

/** The names in the order of `PIL.Image.Resampling`. */
const NAMES: readonly string[] = ['nearest', 'lanczos', 'bilinear', 'bicubic', 'box', 'hamming'];

/**
 * The number of a filter.
 *
 * @param value its number, or its name in letters of any case
 * @param where the key, for the error message
 * @throws ConfigError if there is no such filter
 */
export function resampleNumber(value: unknown, where: string): number {
  const number = typeof value === 'string' ? NAMES.indexOf(value.toLowerCase()) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < NAMES.length)
    return number;
  return wrongSetting(where, `a number from 0 to 5, or ${NAMES.join(', ')}`, value);
}
