/** Images with labels as a folder has them. */
import { readOptions } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { DATASET_OPTIONS, type DatasetOptions, imageTable } from './image-table.ts';
import type { DatasetSplits } from './split-dataset.ts';

/**
 * Finds the images of a folder that has a folder for each class, whose names are the classes, in the order of Python's sorting. Needs Node.
 *
 * What is below a class is its own, links are followed, and hidden files passed over. Folders `train`, `val` or `validation`,
 * and `test` in the place of classes have the classes in them. A `metadata.csv` or `metadata.jsonl` in the folder is read in
 * their place, see `imageTable`. No image is opened yet.
 *
 * @throws SourceError if it is no folder; DatasetError if there are no images, a class without any, fewer than two
 *   classes, or one that `train` has not; OptionError
 */
export async function imageFolder(path: string, options: DatasetOptions = {}): Promise<DatasetSplits> {
  const given = readOptions('imageFolder', options, DATASET_OPTIONS);
  requireNode(path);
  const { readFolder } = await import('#node/lib/datasets/image-folder');
  return readFolder(path, given);
}

/** Images with labels of a folder or a table: what `imageTable` reads where a name ends as a table's, else `imageFolder`. */
export function imageDataset(path: string, options: DatasetOptions = {}): Promise<DatasetSplits> {
  return /\.(csv|jsonl|ndjson)$/i.test(path) ? imageTable(path, options) : imageFolder(path, options);
}
