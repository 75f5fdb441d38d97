/** The parts that a folder of images is divided into already, such as `train` and `test`. */
import { DatasetError } from '../../errors/errors.ts';
import { type Dataset, datasetOf, type WrittenItem, type WrittenOptions } from './dataset.ts';
import type { DatasetOptions } from './image-table.ts';
import { type DatasetSplits, splitDataset } from './split-dataset.ts';

/** Images before their labels are numbered. */
export interface Found {
  readonly items: readonly WrittenItem[];
  /** the classes of folders, which have names alone */
  readonly classes?: readonly string[];
  readonly passedOver: readonly string[];
}

/** What folders in the place of classes are called. */
const PARTS: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
  train: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
};

/** Whether folders are parts, and not classes. */
export function isDivided(folders: readonly string[]): boolean {
  return folders.includes('train') && folders.every((name) => Object.hasOwn(PARTS, name));
}

/**
 * Numbers what was found in folders that are parts; the classes are those of what is learnt from.
 *
 * @param found by the names of the parts, `train` first
 * @throws DatasetError if there are no images, or labels that don't fit
 */
export function divided(
  found: ReadonlyMap<string, Found>,
  options: DatasetOptions,
  whereOf: (name: string) => string,
): DatasetSplits {
  const parts: Partial<Record<'train' | 'validation' | 'test', Dataset>> = {};
  const passedOver: string[] = [];
  requireOneOfEach([...found.keys()], whereOf);
  for (const [name, each] of found) {
    const { train } = parts;
    const labels = train ? { problemType: train.problemType, classes: train.classes } : options;
    const own = { ...each, ...(train && { classes: train.classes }) };
    parts[PARTS[name] ?? 'train'] = numbered(own, labels, whereOf(name));
    passedOver.push(...each.passedOver.map((file) => `${name}/${file}`));
  }
  const { train, ...others } = parts;
  if (train === undefined) throw new Error('internal: no folder train');
  return others.validation === undefined
    ? { ...others, ...withSplit(train, passedOver, options) }
    : { train, ...others, passedOver };
}

/** @throws DatasetError if two folders are the same part, such as `val` and `validation` */
function requireOneOfEach(names: readonly string[], whereOf: (name: string) => string): void {
  for (const name of names) {
    const same = names.filter((other) => PARTS[other] === PARTS[name]);
    if (same.length === 1) continue;
    throw new DatasetError(
      `${whereOf('')}: expected one folder to evaluate on, got ${same.join(' and ')}; remove or rename one`,
    );
  }
}

/** Numbers what was found in one place, and sets aside what `split` says. */
export function undivided(found: Found, options: DatasetOptions, where: string): DatasetSplits {
  return withSplit(numbered(found, options, where), found.passedOver, options);
}

function numbered({ items, classes }: Found, options: WrittenOptions, where: string): Dataset {
  if (classes === undefined) return datasetOf(items, options, where);
  const problemType = 'single_label_classification';
  return datasetOf(items, { problemType, classes: options.classes ?? classes }, where);
}

function withSplit(
  all: Dataset,
  passedOver: readonly string[],
  { split, seed, stratified }: DatasetOptions,
): DatasetSplits {
  if (split === undefined) return { train: all, passedOver };
  return { ...splitDataset(all, split, { seed, stratified }), passedOver };
}
