/** Readers of values in a `config.json` that configurations of several families have. */
import { wrongSetting } from '../../errors/wrong-setting.ts';
import { choiceField, type FieldReader, stringField } from '../../options/field-readers.ts';
import { isObject } from '../../options/json-object.ts';
import type { ImageSize, ProblemType } from './model-config.ts';

/** Whether a value is a positive integer, or two. */
export function isImageSize(value: unknown): value is ImageSize {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  return sides.length === 2 && sides.every((length) => Number.isSafeInteger(length) && Number(length) > 0);
}

/** One positive integer, or two. */
export const sizeField: FieldReader<ImageSize> = (value, where) =>
  isImageSize(value) ? value : wrongSetting(where, 'a positive integer or two of them', value);

/** The name of a problem type. */
export const problemTypeField: FieldReader<ProblemType> = choiceField(
  ['regression', 'single_label_classification', 'multi_label_classification'],
  'regression, single_label_classification or multi_label_classification',
);

/** `{"0": "tench", …}`: every key from 0 to the number of labels − 1. */
export const id2labelField: FieldReader<Readonly<Record<number, string>>> = (value, where) => {
  if (!isObject(value)) return wrongSetting(where, 'an object of labels', value);
  const labels: Record<number, string> = {};
  for (const [key, label] of Object.entries(value)) {
    const id = Number(key);
    if (!Number.isSafeInteger(id) || id < 0) wrongSetting(`${where}.${key}`, 'a label number as key', key);
    labels[id] = stringField(label, `${where}.${key}`);
  }
  return labels;
};
