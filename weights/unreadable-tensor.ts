/** The error of a weight whose values can't be read. */
import { FormatError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { DTYPE_BYTES } from './dtype.ts';

/**
 * @param where the file
 * @param name of the tensor
 * @param what it is: `a sparse tensor`, `F8_E4M3`
 */
export function unreadableTensor(where: string, name: string, what: string): FormatError {
  return new FormatError(
    `${where}: ${shown(name)}: expected a plain tensor of a dtype among ${Object.keys(DTYPE_BYTES).join(', ')}, got ${what}; convert it in Python`,
  );
}
