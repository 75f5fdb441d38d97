/** Options that don't exist. */
import { closest } from '../errors/closest.ts';
import { OptionError } from '../errors/errors.ts';
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
    const remedy =
      foreignRemedy(name, known) ??
      write(sameName(name, known)) ??
      remedyFor(name) ??
      write(closest(name, known));
    throw new OptionError(
      `${where}: expected options among ${known.join(', ')}, got ${name}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
  }
}

/** The name with the same letters, as in another notation: `hidden_size` and `hidden-size` for `hiddenSize`. */
export function sameName(name: string, known: readonly string[]): string | undefined {
  const letters = (each: string): string => each.toLowerCase().replace(/[^a-z0-9]/g, '');
  return known.find((each) => letters(each) === letters(name));
}

function write(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `write ${name}`;
}
