/** Images with labels as a table lists them. */
import { DatasetError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { choice, type OptionsOf, readOptions, text, value } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { PROBLEM_TYPES, type WrittenItem } from './dataset.ts';
import { type DatasetSplits, SPLIT_OPTIONS, type SplitOptions } from './split-dataset.ts';
import { labelOf, tableRows } from './table-rows.ts';

/** How labels are read, and which images are set aside. */
export const DATASET_OPTIONS = {
  /** the share of the images, of each class, that is set aside as `validation`, between 0 and 1; default none */
  split: value<number>({
    accepts: (given) => typeof given === 'number' && given > 0 && given < 1,
    refusal: ' must be a number between 0 and 1',
  }),
  ...SPLIT_OPTIONS,
  /** the column of files; default `file_name` */
  fileColumn: text({ default: 'file_name' }),
  /** the column of labels; default `label`, or `labels` where there is none */
  labelColumn: text(),
  /** what labels are; default: several where one is a list, a regression where all are numbers, else a class each */
  problemType: choice(PROBLEM_TYPES),
  /** the classes in the order of their numbers; default: those that there are, sorted */
  classes: value<readonly string[]>({ accepts: Array.isArray, refusal: ': expected a list' }),
};

/** How labels are read, and which images are set aside. */
export interface DatasetOptions extends OptionsOf<typeof DATASET_OPTIONS>, SplitOptions {}

/**
 * Reads a table of images: CSV with a first line of names, or an object of JSON a line, with `file_name` and `label`, as
 * `metadata.csv` and `metadata.jsonl` of Hugging Face's `imagefolder`. Needs Node.
 *
 * Files are found from the table's folder on; addresses are fetched. Images are looked at when they are used. A label is a class, a
 * number or a list of classes; what is a number for people but a class for the model needs `problemType`.
 *
 * @param path ends in `.csv`, or `.jsonl` or `.ndjson`
 * @throws DatasetError naming the line that can't be used, SourceError if the file can't be read; OptionError
 */
export async function imageTable(path: string, options: DatasetOptions = {}): Promise<DatasetSplits> {
  const given = readOptions('imageTable', options, DATASET_OPTIONS);
  requireNode(path);
  const { readTable } = await import('#node/lib/datasets/image-folder');
  return readTable(path, given);
}

/** The images that the text of a table lists. */
export function tableItems(
  source: string,
  where: string,
  imageAt: (name: string) => string,
  { fileColumn = 'file_name', labelColumn }: Pick<DatasetOptions, 'fileColumn' | 'labelColumn'>,
): WrittenItem[] {
  const rows = tableRows(source, where);
  const column = labelColumn ?? (rows.some(({ values }) => 'label' in values) ? 'label' : 'labels');
  return rows.map(({ line, values }) => {
    const at = `${where}: line ${line}`;
    const file = values[fileColumn];
    if (typeof file !== 'string' || file === '') {
      const columns = Object.keys(values).join(', ');
      throw new DatasetError(`${at}: expected a column ${fileColumn}, got ${shown(file)} among ${columns}`);
    }
    return { name: file, image: imageAt(file), label: labelOf(values[column], `${at}: ${column}`) };
  });
}
