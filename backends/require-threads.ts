/** The numbers of threads that backends take. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';

/** More than a machine these backends are meant for has; an engine that starts thousands of threads dies of it. */
export const MAXIMUM_THREADS = 256;

/** @throws OptionError if `threads` is not an integer from 1 to 256 */
export function requireThreads(where: string, threads: number): void {
  if (!Number.isInteger(threads) || threads < 1 || threads > MAXIMUM_THREADS) {
    throw new OptionError(
      `${where}: threads must be an integer from 1 to ${MAXIMUM_THREADS}, got ${shown(threads)}`,
    );
  }
}
