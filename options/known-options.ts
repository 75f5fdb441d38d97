/** Options that don't exist. */
import { OptionError } from '../errors/errors.ts';
import { nearest } from '../errors/nearest.ts';
import { shown } from '../errors/shown.ts';
import { foreignRemedy } from './foreign-options.ts';
import { isObject } from './json-object.ts';

/**
 * Refuses options that don't exist: a misspelt one, passed over, would leave its default in place unnoticed.
 *
 * @param where the call, for the error message
 * @param known every option there is
 * @param remedyFor what to do about a name that has its place elsewhere; undefined if that is not known
 * @throws OptionError naming the first that is unknown, and what was meant where that can be told; if they are no object
 */
export function requireKnownOptions(
  where: string,
  options: object,
  known: readonly string[],
  remedyFor: (name: string) => string | undefined = () => undefined,
): void {
  if (!isObject(options)) {
    throw new OptionError(`${where}: expected options as an object, got ${shown(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const remedy = foreignRemedy(name, known) ?? remedyFor(name) ?? (near && `write ${near}`);
    throw new OptionError(
      `${where}: expected options among ${known.join(', ')}, got ${name}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
  }
}
