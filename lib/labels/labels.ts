/** The labels of a classifier: from lists to `id2label`. */
import { ConfigError, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { listField, stringField } from '../../options/field-readers.ts';
import { isObject } from '../../options/json-object.ts';
import { parseJson } from '../../options/parse-json.ts';
import { id2labelField } from '../model/config-readers.ts';

/** Lists of labels that come with this library. */
export const BUILT_IN_LABELS = ['imagenet-1k'] as const;

/** The name of a list that comes with this library: `imagenet-1k`, the 1000 classes of ILSVRC 2012. */
export type BuiltInLabels = (typeof BUILT_IN_LABELS)[number];

/**
 * Loads a list of labels that comes with this library; it is no part of the program until it is asked for.
 *
 * @returns the labels in the order of their classes
 * @throws OptionError if there is no such list
 */
export async function builtInLabels(name: BuiltInLabels): Promise<readonly string[]> {
  if (!BUILT_IN_LABELS.includes(name)) {
    throw new OptionError(`labels: expected one of ${BUILT_IN_LABELS.join(', ')}, got ${shown(name)}`);
  }
  const { IMAGENET_1K_LABELS } = await import('./imagenet-1k-labels.ts');
  return IMAGENET_1K_LABELS;
}

/**
 * Reads labels from the text of a file: a `config.json` or any other object with `id2label`, an object
 * `{"0": "tench", …}`, a list `["tench", …]`, or one label a line.
 *
 * @param text the file's text
 * @param where its name, for error messages
 * @returns the labels in the order of their classes
 * @throws ConfigError if it is none of these, or leaves a class out
 */
export function parseLabels(text: string, where: string): readonly string[] {
  // a byte order mark goes too
  const trimmed = text.trim();
  if (trimmed === '') throw new ConfigError(`${where}: expected labels, got an empty file`);
  if (!/^[[{]/.test(trimmed)) return labelsOfLines(trimmed, where);
  const json = parseJson(trimmed, where);
  if (Array.isArray(json)) return listField(stringField)(json, where);
  const object = isObject(json) && 'id2label' in json ? json.id2label : json;
  return labelsInOrder(id2labelField(object, where), where);
}

/**
 * `id2label` of a configuration.
 *
 * @param labels in the order of their classes
 * @param count how many the classifier has
 * @param where what they come from, for error messages
 * @throws ConfigError if there are more or fewer
 */
export function id2labelOf(
  labels: readonly string[],
  count: number,
  where: string,
): Readonly<Record<number, string>> {
  if (labels.length !== count) {
    throw new ConfigError(
      `${where}: expected ${count} labels, as many as the classifier has, got ${labels.length}`,
    );
  }
  return Object.fromEntries(labels.map((label, id) => [id, label]));
}

function labelsOfLines(text: string, where: string): readonly string[] {
  return text.split('\n').map((line, i) => {
    const label = line.trim();
    if (label === '') throw new ConfigError(`${where}: expected a label in line ${i + 1}, got an empty line`);
    return label;
  });
}

function labelsInOrder(id2label: Readonly<Record<number, string>>, where: string): readonly string[] {
  return Array.from({ length: Object.keys(id2label).length }, (_, id) => {
    const label = id2label[id];
    if (label === undefined) {
      throw new ConfigError(`${where}: expected labels from 0 on without a gap, got none for ${id}`);
    }
    return label;
  });
}
