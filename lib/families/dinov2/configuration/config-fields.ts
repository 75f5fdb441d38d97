/** Types of the values in a `config.json`, and what reads and checks them. */
import { wrongSetting } from '../../../../errors/wrong-setting.ts';

/** A length in pixels for both axes, or [height, width]. */
export type ImageSize = number | readonly [number, number];

/** What a classifier's labels mean, and which loss they take. */
export type ProblemType = 'regression' | 'single_label_classification' | 'multi_label_classification';

/** Reads one value of `config.json`; throws ConfigError if it is of the wrong type. */
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

/** True or false. */
export const booleanField: FieldReader<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : wrongSetting(where, 'true or false', value);

/** Text. */
export const stringField: FieldReader<string> = (value, where) =>
  typeof value === 'string' ? value : wrongSetting(where, 'a string', value);

/** One positive integer, or two. */
export const sizeField: FieldReader<ImageSize> = (value, where) => {
  const isLength = (length: unknown): length is number => Number.isSafeInteger(length) && Number(length) > 0;
  if (isLength(value)) return value;
  if (Array.isArray(value) && value.length === 2 && isLength(value[0]) && isLength(value[1])) {
    return [value[0], value[1]];
  }
  return wrongSetting(where, 'a positive integer or two of them', value);
};

/** The name of a problem type. */
export const problemTypeField: FieldReader<ProblemType> = (value, where) =>
  value === 'regression' || value === 'single_label_classification' || value === 'multi_label_classification'
    ? value
    : wrongSetting(where, 'regression, single_label_classification or multi_label_classification', value);

/** A list whose entries `entry` reads. */
export function listField<T>(entry: FieldReader<T>): FieldReader<readonly T[]> {
  return (value, where) =>
    Array.isArray(value)
      ? value.map((item, i) => entry(item, `${where}[${i}]`))
      : wrongSetting(where, 'a list', value);
}

/** `{"0": "tench", …}`: every key from 0 to the number of labels − 1. */
export const id2labelField: FieldReader<Readonly<Record<number, string>>> = (value, where) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return wrongSetting(where, 'an object of labels', value);
  }
  const labels: Record<number, string> = {};
  for (const [key, label] of Object.entries(value)) {
    const id = Number(key);
    if (!Number.isSafeInteger(id) || id < 0) wrongSetting(`${where}.${key}`, 'a label number as key', key);
    labels[id] = stringField(label, `${where}.${key}`);
  }
  return labels;
};

/** Two numbers, height and width, of a size. */
export function bothAxes(size: ImageSize): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size;
}
