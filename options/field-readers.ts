/** Readers of single values in JSON files, which check their types. */
import { wrongSetting } from '../errors/wrong-setting.ts';

/** Reads one value; throws ConfigError, which begins with `where`, if it is of the wrong type. */
export type FieldReader<T> = (value: unknown, where: string) => T;

/** An integer of at least `least` and, where that is said, at most `most`. */
export function integerField(least: number, most = Number.MAX_SAFE_INTEGER): FieldReader<number> {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${least}`
      : `an integer from ${least} to ${most}`;
  return (value, where) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most
      ? value
      : wrongSetting(where, expected, value);
}

/** A finite number of at least `least`. */
export function numberField(least: number): FieldReader<number> {
  return (value, where) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least
      ? value
      : wrongSetting(where, `a number of at least ${least}`, value);
}

/** A number above 0. */
export const positiveField: FieldReader<number> = (value, where) =>
  typeof value === 'number' && value > 0 ? value : wrongSetting(where, 'a positive number', value);

/** True or false. */
export const booleanField: FieldReader<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : wrongSetting(where, 'true or false', value);

/** Text. */
export const stringField: FieldReader<string> = (value, where) =>
  typeof value === 'string' ? value : wrongSetting(where, 'a string', value);

/** One of several names. */
export function choiceField<const Name extends string>(
  choices: readonly Name[],
  expected: string,
): FieldReader<Name> {
  return (value, where) => choices.find((each) => each === value) ?? wrongSetting(where, expected, value);
}

/** A list whose entries `entry` reads. */
export function listField<T>(entry: FieldReader<T>): FieldReader<readonly T[]> {
  return (value, where) =>
    Array.isArray(value)
      ? value.map((item, i) => entry(item, `${where}[${i}]`))
      : wrongSetting(where, 'a list', value);
}
