/** Images with labels as a page gets them: files that were chosen or dropped, in a folder for each class. */
import { DatasetError } from '../../errors/errors.ts';
import { isImageName } from '../../images/image-endings.ts';
import { type OptionsOf, readOptions } from '../../options/rows.ts';
import { compareText } from '../../weights/write/name-order.ts';
import { divided, type Found, isDivided, undivided } from './folder-parts.ts';
import { DATASET_OPTIONS } from './image-table.ts';
import type { DatasetSplits } from './split-dataset.ts';

const { split, seed, stratified, classes } = DATASET_OPTIONS;

/** Which images are set aside, and how classes are numbered. */
export const FILES_OPTIONS = { split, seed, stratified, classes };

/** Which images are set aside, and how classes are numbered. */
export interface FilesOptions extends OptionsOf<typeof FILES_OPTIONS> {}

/** A file, and where it was: the names of its folders and its own with slashes between. */
export interface FileAt {
  readonly path: string;
  readonly file: Blob;
}

/** A file below the folder that was chosen, or below one of its parts. */
interface Place {
  readonly names: readonly string[];
  readonly file: Blob;
}

/**
 * Takes files for what `imageFolder` finds in the same folder: the class of an image is the folder that it is in, directly or not; folders
 * `train`, `val` or `validation`, and `test` may have the classes in them; hidden files are passed over.
 *
 * The folder that everything is in is the one that was chosen, and no class. The order is that of `imageFolder`, whatever order the browser has
 * files in. None is opened yet. What is returned can be posted to a worker.
 *
 * @param files of `<input type="file" webkitdirectory>`, which know their folders; or with their paths, as `droppedFiles` finds them
 * @throws DatasetError if there are no images in folders, fewer than two classes, or one that `train` has not; OptionError
 */
export function filesDataset(files: Iterable<File | FileAt>, options: FilesOptions = {}): DatasetSplits {
  const where = 'filesDataset';
  const given = readOptions(where, options, FILES_OPTIONS);
  const places = belowRoot(
    Array.from(files, place)
      .filter(({ names }) => !names.some((name) => name.startsWith('.')))
      .sort((a, b) => compareText(a.names.join('\0'), b.names.join('\0'))),
  );
  const folders = byFolder(places);
  if (!isDivided([...folders.keys()])) return undivided(foundIn(places, where), given, where);
  const whereOf = (name: string): string => `${where}: ${name}`;
  const parts = [...folders].sort(([a], [b]) => Number(b === 'train') - Number(a === 'train'));
  const found = parts.map(([name, own]) => [name, foundIn(own.map(below), whereOf(name))] as const);
  return divided(new Map(found), given, whereOf);
}

function place(given: File | FileAt): Place {
  const [path, file] =
    'path' in given ? [given.path, given.file] : [given.webkitRelativePath || given.name, given];
  return { names: path.split('/').filter((name) => name !== ''), file };
}

function below({ names, file }: Place): Place {
  return { names: names.slice(1), file };
}

/** The files without the folder that all of them are in, where there is one. */
function belowRoot(places: readonly Place[]): readonly Place[] {
  const [root] = places[0]?.names ?? [];
  return places.every(({ names }) => names.length > 1 && names[0] === root) ? places.map(below) : places;
}

/** What is in each folder; files that are in none are left out. */
function byFolder(places: readonly Place[]): Map<string, Place[]> {
  const folders = new Map<string, Place[]>();
  for (const each of places) {
    const [folder = ''] = each.names;
    if (each.names.length === 1) continue;
    const own = folders.get(folder);
    if (own === undefined) folders.set(folder, [each]);
    else own.push(each);
  }
  return folders;
}

/** The images of folders that are classes. */
function foundIn(places: readonly Place[], where: string): Found {
  const named = places.map(({ names, file }) => ({
    name: names.join('/'),
    image: file,
    label: names.length > 1 ? names[0] : undefined,
  }));
  const items = named.flatMap(({ name, image, label }) =>
    label !== undefined && isImageName(name) ? [{ name, image, label }] : [],
  );
  if (items.length === 0) {
    const images = named.filter(({ name }) => isImageName(name)).length;
    throw new DatasetError(
      images === 0
        ? `${where}: expected images in a folder for each class, got none among ${places.length} files`
        : `${where}: expected a folder for each class, got ${images} images in none; choose the folder that these are in, or give labels to datasetOf`,
    );
  }
  const taken = new Set(items.map(({ name }) => name));
  return {
    items,
    classes: [...new Set(items.map(({ label }) => label))],
    passedOver: named.map(({ name }) => name).filter((name) => !taken.has(name)),
  };
}
