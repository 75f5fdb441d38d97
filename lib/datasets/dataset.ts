/** Images with labels. */
import { DatasetError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { ImageInput } from '../../images/inputs/image-input.ts';
import { isObject } from '../../options/json-object.ts';
import { compareText } from '../../weights/write/name-order.ts';
import type { ProblemType } from '../model/model-config.ts';

/**
 * What is known of an image: the number of its class; of images with several labels, a 1 or 0 for each class; of a regression, the value.
 */
export type DatasetLabel = number | readonly number[];

/** What labels can be. */
export const PROBLEM_TYPES: readonly ProblemType[] = [
  'single_label_classification',
  'multi_label_classification',
  'regression',
];

/** An image with its label. */
export interface DatasetItem<Label extends DatasetLabel = DatasetLabel> {
  /** what results and messages call it */
  readonly name: string;
  readonly image: ImageInput;
  readonly label: Label;
}

/** Images with their labels, and what the labels mean. */
export interface Dataset<Label extends DatasetLabel = DatasetLabel> {
  readonly items: readonly DatasetItem<Label>[];
  /** the names of the classes by their numbers; of a regression, that of the value */
  readonly classes: readonly string[];
  readonly problemType: ProblemType;
}

/** An image with its label as people write it: a class, several, or a number. */
export interface WrittenItem {
  readonly name: string;
  readonly image: ImageInput;
  readonly label: string | number | readonly (string | number)[];
}

/** What written labels are taken for. */
export interface WrittenOptions {
  /** default: several labels where one is a list, a regression where all are numbers, else one label each */
  problemType?: ProblemType | undefined;
  /** the classes in the order of their numbers; default: those that there are, sorted */
  classes?: readonly string[] | undefined;
}

/**
 * Numbers the labels of images that are at hand: a page's, or the rows of a table.
 *
 * Classes are sorted by their code points, as Python sorts, and numbers among each other by their size.
 *
 * @param where whose they are, for error messages
 * @throws DatasetError if there are no images, fewer than two classes, or a label that doesn't fit
 */
export function datasetOf(
  items: readonly WrittenItem[],
  options: WrittenOptions = {},
  where = 'datasetOf',
): Dataset {
  if (items.length === 0) throw new DatasetError(`${where}: expected images, got none`);
  const problemType = options.problemType ?? problemTypeOf(items);
  if (problemType === 'regression') return regression(items, where);
  const classes = options.classes ?? sortedClasses(items);
  requireClasses(where, classes);
  const numbers = new Map(classes.map((name, id) => [name, id]));
  const numberOf = (name: string, label: unknown): number => {
    const id = numbers.get(String(label));
    if (id !== undefined) return id;
    throw new DatasetError(
      `${where}: ${name}: expected a label among ${classes.slice(0, 10).join(', ')}${classes.length > 10 ? ', …' : ''}, got ${shown(label)}`,
    );
  };
  const numbered = items.map(({ name, image, label }): DatasetItem => {
    if (problemType === 'single_label_classification') return { name, image, label: numberOf(name, label) };
    const present = new Set([label].flat().map((each) => numberOf(name, each)));
    return { name, image, label: classes.map((_, id) => Number(present.has(id))) };
  });
  return { items: numbered, classes, problemType };
}

/**
 * Refuses what is no dataset, which TypeScript alone keeps away.
 *
 * @throws DatasetError
 */
export function requireDataset(where: string, given: unknown): asserts given is Dataset {
  const isDataset =
    isObject(given) &&
    Array.isArray(given.items) &&
    given.items.every(isObject) &&
    Array.isArray(given.classes) &&
    PROBLEM_TYPES.some((type) => type === given.problemType);
  if (isDataset) return;
  throw new DatasetError(
    `${where}: expected a dataset { items, classes, problemType }, as imageFolder and datasetOf give it, got ${shown(given)}`,
  );
}

/** @throws DatasetError if there is nothing to tell apart */
export function requireClasses(where: string, classes: readonly string[]): void {
  if (classes.length >= 2) return;
  const got = classes.length === 0 ? 'none' : `${classes[0]} alone`;
  throw new DatasetError(`${where}: expected images of at least two classes, got ${got}`);
}

/**
 * The dataset as one of single labels, which classifiers of features need.
 *
 * @throws DatasetError if it is another
 */
export function requireSingleLabels(where: string, { items, ...dataset }: Dataset): Dataset<number> {
  const single = items.map(({ label, ...item }): DatasetItem<number> => {
    if (dataset.problemType === 'single_label_classification' && typeof label === 'number')
      return { ...item, label };
    throw new DatasetError(`${where}: expected images with one class each, got ${dataset.problemType}`);
  });
  return { ...dataset, items: single };
}

function problemTypeOf(items: readonly WrittenItem[]): ProblemType {
  if (items.some(({ label }) => typeof label === 'object')) return 'multi_label_classification';
  return items.every(({ label }) => typeof label === 'number') ? 'regression' : 'single_label_classification';
}

function regression(items: readonly WrittenItem[], where: string): Dataset {
  const values = items.map(({ name, image, label }): DatasetItem => {
    if (typeof label === 'number' && Number.isFinite(label)) return { name, image, label };
    throw new DatasetError(`${where}: ${name}: expected a number, got ${shown(label)}`);
  });
  return { items: values, classes: ['value'], problemType: 'regression' };
}

function sortedClasses(items: readonly WrittenItem[]): string[] {
  const labels = [...new Set(items.flatMap(({ label }) => [label].flat()))];
  const areNumbers = labels.every((label) => typeof label === 'number');
  const sorted = areNumbers
    ? labels.sort((a, b) => Number(a) - Number(b))
    : labels.sort((a, b) => compareText(String(a), String(b)));
  return [...new Set(sorted.map(String))];
}
