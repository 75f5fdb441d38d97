/** The tables of options beside what else says them: the documentation, and the types in the package. */
import { readFileSync } from 'node:fs';
import { WEIGHTS_OPTIONS } from '../weights/weights-options.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('docs/checkpoints.md has a row for each option that chooses weights, with its flag', () => {
  const rows = [...read('docs/checkpoints.md').matchAll(/^\| `(\w+)` \| `(--[\w-]+)/gm)].map((row) =>
    row.slice(1),
  );
  expect(rows).toEqual(
    Object.entries(WEIGHTS_OPTIONS).map(([name, { flag }]) => [name, flag?.split(' ')[0]]),
  );
});

test.each([
  ['lib/tasks/embed', 'pool', '/** default `cls` */'],
  ['sources/repository', 'cacheDir', "/** the Hub's cache folder; default that of"],
  ['lib/conversion/convert', 'dryRun', '/** find out what would happen, and write nothing; default false */'],
])('the types of %s document %s, as editors show it', (file, name, comment) => {
  const types = read(`dist/${file}.d.ts`);
  const row = types.slice(0, types.indexOf(`    ${name}: `));
  expect(row.slice(row.lastIndexOf('/**'))).toContain(comment);
});

test.each(['lib/model/outputs', 'lib/model/pretrained-model', 'graph/engines/compiled'])(
  'the types of %s bring what `using` needs, whichever target their user has',
  (file) => {
    expect(read(`dist/${file}.d.ts`)).toContain('/// <reference lib="esnext.disposable"');
  },
);
