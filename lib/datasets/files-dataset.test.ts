/** Files that a page has, as datasets: chosen with their folder, and dropped. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatasetError } from '../../errors/errors.ts';
import { droppedFiles } from './dropped-files.ts';
import { type FilesOptions, filesDataset } from './files-dataset.ts';
import { imageFolder } from './image-folder.ts';
import type { DatasetSplits } from './split-dataset.ts';

/** As `<input webkitdirectory>` gives it. */
function chosen(path: string): File {
  const file = new File([path], path.split('/').at(-1) ?? '');
  return Object.defineProperty(file, 'webkitRelativePath', { value: path });
}

/** Each part without what its images are. */
function summary({ train, validation, test, passedOver }: DatasetSplits): unknown {
  const parts = [train, validation, test].map((part) =>
    part === undefined
      ? undefined
      : { ...part, items: part.items.map(({ name, label }) => ({ name, label })) },
  );
  return { parts, passedOver };
}

test.each<[string, string[], FilesOptions]>([
  [
    'folders of classes',
    ['b/2.jpg', 'b/1.PNG', 'a-b/x.jpg', 'a/deep/3.webp', 'B/4.jpg', 'a/notes.txt', '.git/5.jpg', 'a/.6.jpg'],
    {},
  ],
  ['a share set aside', ['a/1.jpg', 'a/2.jpg', 'a/3.jpg', 'b/1.jpg', 'b/2.jpg'], { split: 0.4, seed: 7 }],
  [
    'parts',
    ['val/b/3.jpg', 'test/a/4.jpg', 'train/a/1.jpg', 'train/a/0.txt', 'train/b/2.jpg'],
    { classes: ['b', 'a'] },
  ],
])('files are what imageFolder finds in the same folder: %s', async (_, paths, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-files-'));
  try {
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
    const expected = summary(await imageFolder(folder, options));
    expect(summary(filesDataset(paths.map((path) => chosen(`mine/${path}`)).reverse(), options))).toEqual(
      expected,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('images beside the folders are passed over', () => {
  const { train, passedOver } = filesDataset(['m/a/1.jpg', 'm/b/2.jpg', 'm/3.jpg'].map(chosen));
  expect(train.classes).toEqual(['a', 'b']);
  expect(passedOver).toEqual(['3.jpg']);
  expect(train.items[1]?.image).toHaveProperty('webkitRelativePath', 'm/b/2.jpg');
});

test.each<[string[], RegExp]>([
  [['m/1.jpg', 'm/2.jpg'], /expected a folder for each class, got 2 images in none; choose the folder/],
  [['1.jpg'], /expected a folder for each class, got 1 images in none/],
  [['m/a/1.txt', 'm/b/2'], /expected images in a folder for each class, got none among 2 files/],
  [[], /got none among 0 files/],
  [['m/a/1.jpg', 'm/a/2.jpg'], /expected images of at least two classes, got a alone/],
  [['m/train/a/1.jpg', 'm/train/b/2.jpg', 'm/test/c/3.jpg'], /test: c\/3\.jpg: expected a label among a, b/],
])('%j is refused', (paths, message) => {
  const call = () => filesDataset(paths.map(chosen));
  expect(call).toThrow(DatasetError);
  expect(call).toThrow(message);
});

/** An entry of a page's file system: a file, or a folder whose entries come in pieces of two. */
function entry(fullPath: string, entries?: FileSystemEntry[]): FileSystemEntry {
  const name = fullPath.split('/').at(-1) ?? '';
  const found = {
    ...{ fullPath, name, isFile: entries === undefined, isDirectory: entries !== undefined },
    file: (resolve: (file: File) => void) => resolve(new File([fullPath], name)),
    createReader: () => {
      const left = [...(entries ?? [])];
      return { readEntries: (resolve: (some: FileSystemEntry[]) => void) => resolve(left.splice(0, 2)) };
    },
  };
  return found as unknown as FileSystemEntry;
}

test('folders that are dropped are gone through to the end', async () => {
  const many = ['1', '2', '3', '4', '5'].map((name) => entry(`/a/deep/${name}.jpg`));
  const dropped = [entry('/a', [entry('/a/deep', many)]), entry('/b', [entry('/b/6.jpg')]), null];
  const files = await droppedFiles(dropped.map((each) => ({ webkitGetAsEntry: () => each })));
  const { train } = filesDataset(files);
  expect(train.classes).toEqual(['a', 'b']);
  expect(train.items.map(({ name }) => name)).toEqual([
    ...[1, 2, 3, 4, 5].map((name) => `a/deep/${name}.jpg`),
    'b/6.jpg',
  ]);
});
