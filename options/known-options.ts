/** Options that don't exist. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { isObject } from './json-object.ts';

/**
 * Refuses options that don't exist: a misspelt one, passed over, would leave its default in place unnoticed.
 *
 * @param where the call, for the error message
 * @param known every option there is
 * @throws OptionError naming the first that is unknown; if they are no object
 */
export function requireKnownOptions(where: string, options: object, known: readonly string[]): void {
  if (!isObject(options)) {
    throw new OptionError(`${where}: expected options as an object, got ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new OptionError(`${where}: expected options among ${known.join(', ')}, got ${name}`);
    }
  }
}
