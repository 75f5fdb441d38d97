/** Images with labels in Node's file system. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeOf } from '../../errors/code-of.ts';
import { DatasetError, SourceError } from '../../errors/errors.ts';
import { IMAGE_ENDINGS } from '../../images/image-endings.ts';
import { type Dataset, datasetOf, requireClasses, type WrittenItem, type WrittenOptions } from './dataset.ts';
import { type Entry, entriesOf, filesBelow } from './folder-entries-node.ts';
import { type DatasetOptions, tableItems } from './image-table.ts';
import { type DatasetSplits, splitDataset } from './split-dataset.ts';

/** What folders in the place of classes are called. */
const SPLITS: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
  train: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
};

const TABLES = ['metadata.csv', 'metadata.jsonl'];

/** Images before their labels are numbered. */
interface Found {
  readonly items: readonly WrittenItem[];
  /** the classes of folders, which have names alone */
  readonly classes?: readonly string[];
  readonly passedOver: readonly string[];
}

/** Reads a table of images, as `imageTable` says. */
export async function readTable(path: string, options: DatasetOptions): Promise<DatasetSplits> {
  const { items } = await foundInTable(path, options);
  return withSplit(numbered({ items, passedOver: [] }, options, path), [], options);
}

/** Finds the images of a folder, as `imageFolder` says. */
export async function readFolder(path: string, options: DatasetOptions): Promise<DatasetSplits> {
  const entries = await entriesOf(path);
  const folders = entries.filter(({ isFolder }) => isFolder);
  const isSplit =
    folders.some(({ name }) => name === 'train') && folders.every(({ name }) => Object.hasOwn(SPLITS, name));
  if (!isSplit) {
    const found = await foundIn(path, entries, options);
    return withSplit(numbered(found, options, path), found.passedOver, options);
  }
  const parts: Partial<Record<'train' | 'validation' | 'test', Dataset>> = {};
  const passedOver: string[] = [];
  // the classes are those of what is learnt from
  const names = folders.map(({ name }) => name);
  const same = names.find((name) => names.some((other) => other !== name && SPLITS[other] === SPLITS[name]));
  if (same !== undefined) {
    const found = names.filter((name) => SPLITS[name] === SPLITS[same]).join(' and ');
    throw new DatasetError(`${path}: expected one folder to evaluate on, got ${found}; remove or rename one`);
  }
  const inOrder = [...folders].sort((a, b) => Number(b.name === 'train') - Number(a.name === 'train'));
  for (const { name } of inOrder) {
    const folder = join(path, name);
    const { train } = parts;
    const labels = train ? { problemType: train.problemType, classes: train.classes } : options;
    const found = await foundIn(folder, await entriesOf(folder), { ...options, ...labels });
    const own = { ...found, ...(train && { classes: train.classes }) };
    parts[SPLITS[name] ?? 'train'] = numbered(own, labels, folder);
    passedOver.push(...found.passedOver.map((file) => `${name}/${file}`));
  }
  const { train, ...others } = parts;
  if (train === undefined) throw new Error('internal: no folder train');
  return others.validation === undefined
    ? { ...others, ...withSplit(train, passedOver, options) }
    : { train, ...others, passedOver };
}

/** The images of a folder of classes, or of the table in it. */
async function foundIn(path: string, entries: readonly Entry[], options: DatasetOptions): Promise<Found> {
  const table = TABLES.find((name) => entries.some((entry) => entry.name === name && !entry.isFolder));
  if (table !== undefined) return foundInTable(join(path, table), options);
  const classes = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (classes.length === 0) {
    const images = entries.filter(({ name }) => isImage(name)).length;
    throw new DatasetError(
      images === 0
        ? `${path}: expected a folder for each class, got no folder and no image`
        : `${path}: expected a folder for each class, got ${images} images; put them into folders, or list their labels in a metadata.csv`,
    );
  }
  if (options.classes === undefined) requireClasses(path, classes);
  const items: WrittenItem[] = [];
  const passedOver: string[] = [];
  for (const label of classes) {
    const files = (await filesBelow(join(path, label))).map((file) => `${label}/${file}`);
    const images = files.filter(isImage);
    if (images.length === 0) {
      throw new DatasetError(
        `${join(path, label)}: expected images of the class ${label}, got none; remove the folder or fill it`,
      );
    }
    // one by one: a call takes no more than some 100,000 arguments
    for (const name of images) items.push({ name, image: addressOf(join(path, name)), label });
    for (const name of files) if (!isImage(name)) passedOver.push(name);
  }
  return { items, classes, passedOver };
}

async function foundInTable(path: string, options: DatasetOptions): Promise<Found> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SourceError(`${path}: expected a table of images, got ${String(codeOf(error) ?? error)}`, {
      cause: error,
    });
  }
  const imageAt = (name: string): string =>
    /^(https?|file):\/\//i.test(name) ? name : addressOf(resolve(dirname(path), name));
  return { items: tableItems(text, path, imageAt, options), passedOver: [] };
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

function isImage(name: string): boolean {
  return IMAGE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}

/** A path as an address, so that no name is taken for one of another kind. */
function addressOf(path: string): string {
  return pathToFileURL(path).href;
}
