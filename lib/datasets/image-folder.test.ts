/** Folders and tables of images as datasets. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatasetError, OptionError, SourceError } from '../../errors/errors.ts';
import { imageDataset, imageFolder } from './image-folder.ts';
import { imageTable } from './image-table.ts';
import type { DatasetSplits } from './split-dataset.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-dataset-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes empty files, which nothing opens, with the folders they are in. */
function files(...names: string[]): string {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
  return folder;
}

function table(name: string, text: string): string {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Names and labels, in order. */
function labelled(dataset: DatasetSplits['train'] | undefined): unknown[] {
  return (dataset?.items ?? []).map(({ name, label }) => [name, label]);
}

test('folders are classes in the order of Python, with all that is below them', async () => {
  const found = await imageFolder(
    files(
      'b/2.jpg',
      'b/1.PNG',
      'a/deep/3.webp',
      'B/4.jpg',
      'a/notes.txt',
      '.hidden/5.jpg',
      'a/.6.jpg',
      'readme.md',
    ),
  );
  expect(found.train.classes).toEqual(['B', 'a', 'b']);
  expect(labelled(found.train)).toEqual([
    ['B/4.jpg', 0],
    ['a/deep/3.webp', 1],
    ['b/1.PNG', 2],
    ['b/2.jpg', 2],
  ]);
  expect(found.passedOver).toEqual(['a/notes.txt']);
  expect(found.train.problemType).toBe('single_label_classification');
});

test('links are followed, and none goes round in a circle', async () => {
  files('a/1.jpg', 'elsewhere.d/2.jpg');
  const outside = mkdtempSync(join(tmpdir(), 'dinov2-linked-'));
  writeFileSync(join(outside, '3.jpg'), '');
  symlinkSync(outside, join(folder, 'linked'));
  symlinkSync(join(folder, 'a'), join(folder, 'a', 'again'));
  symlinkSync(join(folder, 'gone'), join(folder, 'broken'));
  const { train } = await imageFolder(folder);
  rmSync(outside, { recursive: true });
  expect(labelled(train)).toEqual([
    ['a/1.jpg', 0],
    ['elsewhere.d/2.jpg', 1],
    ['linked/3.jpg', 2],
  ]);
});

test('a folder may be divided already, and the classes are those of train', async () => {
  const found = await imageFolder(
    files(
      'train/a/1.jpg',
      'train/b/2.jpg',
      'train/c/3.jpg',
      'val/a/4.jpg',
      'val/c/5.jpg',
      'test/b/6.jpg',
      'test/c/7.jpg',
    ),
    { split: 0.5 },
  );
  expect(found.train.classes).toEqual(['a', 'b', 'c']);
  expect(labelled(found.validation)).toEqual([
    ['a/4.jpg', 0],
    ['c/5.jpg', 2],
  ]);
  expect(labelled(found.test)).toEqual([
    ['b/6.jpg', 1],
    ['c/7.jpg', 2],
  ]);
});

test('a part may have one class of those that are learnt from', async () => {
  const { validation } = await imageFolder(files('train/a/1.jpg', 'train/b/2.jpg', 'val/b/3.jpg'));
  expect(validation?.classes).toEqual(['a', 'b']);
  expect(labelled(validation)).toEqual([['b/3.jpg', 1]]);
});

test('two parts to evaluate on are one too many', async () => {
  const path = files('train/a/1.jpg', 'train/b/2.jpg', 'val/b/3.jpg', 'validation/a/4.jpg');
  await expect(imageFolder(path)).rejects.toThrow(
    /expected one folder to evaluate on, got val and validation/,
  );
});

test('a share of each class is set aside by the seed, and a class of one stays', async () => {
  const names = ['a', 'b'].flatMap((label) => Array.from({ length: 10 }, (_, i) => `${label}/${i}.jpg`));
  const path = files(...names, 'c/only.jpg');
  const aside = async (seed: number) => (await imageFolder(path, { split: 0.25, seed })).validation;
  const first = await aside(1);
  expect(first?.items.filter(({ label }) => label === 0)).toHaveLength(3);
  expect(first?.items.filter(({ label }) => label === 1)).toHaveLength(3);
  expect(first?.items.filter(({ label }) => label === 2)).toHaveLength(0);
  expect(await aside(1)).toEqual(first);
  expect(await aside(2)).not.toEqual(first);
  const { train, validation } = await imageFolder(path, { split: 0.25, seed: 1, stratified: false });
  expect(validation?.items).toHaveLength(5);
  expect([...train.items, ...(validation?.items ?? [])].map(({ name }) => name).sort()).toEqual(
    [...names, 'c/only.jpg'].sort(),
  );
});

test('tables of CSV and of JSON lines say the same', async () => {
  const csv = table(
    'a.csv',
    '\uFEFFfile_name,label,note\r\nx/1.jpg,cat,"has, ""commas"""\r\n"2.jpg",dog,\r\n\r\n',
  );
  const json = table(
    'a.jsonl',
    '{"file_name":"x/1.jpg","label":"cat"}\n{"file_name":"2.jpg","label":"dog"}\n',
  );
  const [a, b] = [await imageDataset(csv), await imageDataset(json)];
  expect(a).toEqual(b);
  expect(labelled(a.train)).toEqual([
    ['x/1.jpg', 0],
    ['2.jpg', 1],
  ]);
  expect(a.train.items[0]?.image).toBe(`file://${folder}/x/1.jpg`);
});

test('a table in the folder, or in each of its parts, is read in place of folders', async () => {
  files('pictures/1.jpg');
  table('metadata.csv', 'file_name,label\npictures/1.jpg,a\npictures/2.jpg,b\n');
  expect((await imageFolder(folder)).train.classes).toEqual(['a', 'b']);
  rmSync(join(folder, 'metadata.csv'));
  rmSync(join(folder, 'pictures'), { recursive: true });
  table('train/metadata.jsonl', '{"file_name":"1.jpg","label":"b"}\n{"file_name":"2.jpg","label":"a"}\n');
  table('test/metadata.jsonl', '{"file_name":"3.jpg","label":"b"}\n');
  expect(labelled((await imageFolder(folder)).test)).toEqual([['3.jpg', 1]]);
});

test('lists are several labels, numbers a regression, unless they are said to be classes', async () => {
  const lists = table(
    'lists.jsonl',
    '{"file_name":"1","labels":["sea","sky"]}\n{"file_name":"2","labels":[]}\n',
  );
  const several = (await imageTable(lists)).train;
  expect(several).toMatchObject({ classes: ['sea', 'sky'], problemType: 'multi_label_classification' });
  expect(labelled(several)).toEqual([
    ['1', [1, 1]],
    ['2', [0, 0]],
  ]);
  const numbers = table('numbers.csv', 'file_name,label\n1,10\n2,9.5\n3,10\n');
  const values = (await imageTable(numbers)).train;
  expect(values.problemType).toBe('regression');
  expect(labelled(values)).toEqual([
    ['1', 10],
    ['2', 9.5],
    ['3', 10],
  ]);
  const classes = (await imageTable(numbers, { problemType: 'single_label_classification' })).train;
  expect(classes.classes).toEqual(['9.5', '10']);
  expect(labelled(classes).at(0)).toEqual(['1', 1]);
});

test('other columns and an order of classes can be asked for', async () => {
  const path = table('a.csv', 'path;x,path,kind\n,1.jpg,b\n,2.jpg,a\n');
  const { train } = await imageTable(path, { fileColumn: 'path', labelColumn: 'kind', classes: ['b', 'a'] });
  expect(labelled(train)).toEqual([
    ['1.jpg', 0],
    ['2.jpg', 1],
  ]);
});

test.each<[string, () => Promise<DatasetSplits>, RegExp, new (message: string) => Error]>([
  ['an empty folder', () => imageFolder(folder), /got no folder and no image/, DatasetError],
  ['nothing', () => imageFolder(`${folder}/gone`), /expected a folder of images, got nothing/, SourceError],
  [
    'a file',
    () => imageFolder(join(files('x.jpg'), 'x.jpg')),
    /expected a folder of images, got a file/,
    SourceError,
  ],
  [
    'images alone',
    () => imageFolder(files('1.jpg', '2.jpg')),
    /got 2 images; put them into folders/,
    DatasetError,
  ],
  ['one class', () => imageFolder(files('a/1.jpg')), /at least two classes, got a alone/, DatasetError],
  [
    'a class without images',
    () => imageFolder(files('a/1.jpg', 'b/x.txt')),
    /images of the class b, got none/,
    DatasetError,
  ],
  [
    'a class that train has not',
    () => imageFolder(files('train/a/1.jpg', 'train/b/1.jpg', 'test/a/1.jpg', 'test/c/1.jpg')),
    /test: c\/1.jpg: expected a label among a, b, got "c"/,
    DatasetError,
  ],
  [
    'a share that is none',
    () => imageFolder(folder, { split: 1 }),
    /split must be a number between 0 and 1, got 1/,
    OptionError,
  ],
  [
    'an unknown option',
    () => imageFolder(folder, { splits: 1 } as object),
    /expected options among/,
    OptionError,
  ],
  ['no table', () => imageTable(`${folder}/a.csv`), /expected a table of images, got ENOENT/, SourceError],
  ['an empty table', () => imageTable(table('a.csv', '')), /expected images, got none/, DatasetError],
  [
    'no label',
    () => imageTable(table('a.csv', 'file_name,label\n1.jpg,\n')),
    /line 2: label: expected a label, got ""/,
    DatasetError,
  ],
  [
    'no column of files',
    () => imageTable(table('a.csv', 'file,label\n1.jpg,a\n')),
    /line 2: expected a column file_name, got undefined among file, label/,
    DatasetError,
  ],
  [
    'a short row',
    () => imageTable(table('a.csv', 'file_name,label\n1.jpg\n')),
    /line 2: expected 2 cells, .* got 1/,
    DatasetError,
  ],
  [
    'an open quote',
    () => imageTable(table('a.csv', 'file_name,label\n"1.jpg,a\n')),
    /line 2: .* a quote that is not closed/,
    DatasetError,
  ],
  [
    'a line that is no object',
    () => imageTable(table('a.jsonl', '{"file_name":"1"}\n[]')),
    /line 2: expected an object, got \[\]/,
    DatasetError,
  ],
  [
    'labels of several kinds',
    () => imageTable(table('a.jsonl', '{"file_name":"1","label":[{}]}')),
    /expected labels in the list, got \{\}/,
    DatasetError,
  ],
])('%s is refused', async (_, read, message, kind) => {
  const error = await read().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(kind);
  expect(error).toMatchObject({ message: expect.stringMatching(message) });
});
