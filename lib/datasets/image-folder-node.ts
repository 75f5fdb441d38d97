/** Images with labels in Node's file system. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { codeOf } from '../../errors/code-of.ts';
import { DatasetError, SourceError } from '../../errors/errors.ts';
import { isImageName } from '../../images/image-endings.ts';
import { requireClasses, type WrittenItem } from './dataset.ts';
import { type Entry, entriesOf, filesBelow } from './folder-entries-node.ts';
import { divided, type Found, isDivided, undivided } from './folder-parts.ts';
import { type DatasetOptions, tableItems } from './image-table.ts';
import type { DatasetSplits } from './split-dataset.ts';

const TABLES = ['metadata.csv', 'metadata.jsonl'];

/** Reads a table of images, as `imageTable` says. */
export async function readTable(path: string, options: DatasetOptions): Promise<DatasetSplits> {
  return undivided(await foundInTable(path, options), options, path);
}

/** Finds the images of a folder, as `imageFolder` says. */
export async function readFolder(path: string, options: DatasetOptions): Promise<DatasetSplits> {
  const entries = await entriesOf(path);
  const folders = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (!isDivided(folders)) return undivided(await foundIn(path, entries, options), options, path);
  const found = new Map<string, Found>();
  const whereOf = (name: string): string => join(path, name);
  for (const name of folders.sort((a, b) => Number(b === 'train') - Number(a === 'train'))) {
    const folder = whereOf(name);
    const { classes = options.classes } = found.get('train') ?? {};
    found.set(name, await foundIn(folder, await entriesOf(folder), { ...options, classes }));
  }
  return divided(found, options, whereOf);
}

/** The images of a folder of classes, or of the table in it. */
async function foundIn(path: string, entries: readonly Entry[], options: DatasetOptions): Promise<Found> {
  const table = TABLES.find((name) => entries.some((entry) => entry.name === name && !entry.isFolder));
  if (table !== undefined) return foundInTable(join(path, table), options);
  const classes = entries.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (classes.length === 0) {
    const images = entries.filter(({ name }) => isImageName(name)).length;
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
    const images = files.filter(isImageName);
    if (images.length === 0) {
      throw new DatasetError(
        `${join(path, label)}: expected images of the class ${label}, got none; remove the folder or fill it`,
      );
    }
    // one by one: a call takes no more than some 100,000 arguments
    for (const name of images) items.push({ name, image: addressOf(join(path, name)), label });
    for (const name of files) if (!isImageName(name)) passedOver.push(name);
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

/** A path as an address, so that no name is taken for one of another kind. */
function addressOf(path: string): string {
  return pathToFileURL(path).href;
}
