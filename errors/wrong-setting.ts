/** The error of a value in a configuration file. */
import { ConfigError } from './errors.ts';
import { shown } from './shown.ts';

/**
 * Refuses a value.
 *
 * @param where the file and the key
 * @param expected what should stand there, in words
 * @throws ConfigError always
 */
export function wrongSetting(where: string, expected: string, value: unknown): never {
  throw new ConfigError(`${where}: expected ${expected}, got ${shown(value)}`);
}
