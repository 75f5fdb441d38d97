/** docs/api-at-a-glance.md beside what it lists: each option, field, variable and error, with its default, and no other. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { COMPILE_OPTIONS } from '../graph/engines/compile.ts';
import { ENGINE_OPTIONS } from '../graph/engines/compile-graph.ts';
import { PROCESSOR_FIELDS } from '../images/processor-config.ts';
import { CHOSEN_FIELDS, FIELDS } from '../lib/families/dinov2/dinov2-fields.ts';
import * as library from '../lib/index.ts';
import { MASKED_FORWARD_OPTIONS } from '../lib/model/forward-options.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What a table of the page says: the names in its rows, and what stands in the column of defaults. */
type Listed = ReadonlyMap<string, string>;

/** The tables of the page by the words in the first cell of their heads. */
const LISTED: ReadonlyMap<string, Listed> = new Map(
  readFileSync(`${ROOT}docs/api-at-a-glance.md`, 'utf8')
    .split(/\n\n+/)
    .filter((block) => block.startsWith('|'))
    .map((table) => {
      const [head = [], , ...rows] = table
        .trim()
        .split('\n')
        .map((line) => line.split(' | '));
      const listed = rows.flatMap((cells) =>
        wordsOf(cells[0]).map((name): [string, string] => [name, cells.at(-1) ?? '']),
      );
      return [wordsOf(head[0]).join() || String(head[0]).replace('|', '').trim(), new Map(listed)];
    }),
);

function wordsOf(cell = ''): string[] {
  return [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word);
}

/** The table of the page whose head has a name. */
function listedUnder(name: string): Listed {
  return [...LISTED].find(([head]) => head.split(',').includes(name))?.[1] ?? new Map();
}

interface WithDefault {
  readonly default?: unknown;
}

function isTable([name, value]: [string, unknown]): boolean {
  return name.endsWith('_OPTIONS') && typeof value === 'object' && !Array.isArray(value);
}

const TABLES = {
  ...Object.fromEntries(Object.entries(library).filter(isTable)),
  COMPILE_OPTIONS,
  ENGINE_OPTIONS,
  Dinov2ConfigFields: FIELDS,
} as Readonly<Record<string, Readonly<Record<string, WithDefault>>>>;

test.each(Object.keys(TABLES))('the page has each row of %s with its default', (table) => {
  const listed = listedUnder(table);
  for (const [name, row] of Object.entries(TABLES[table] ?? {})) {
    expect([...listed.keys()]).toContain(name);
    if (row.default !== undefined) expect(`${name}: ${listed.get(name)}`).toContain(`\`${row.default}\``);
  }
});

const ERRORS = Object.keys(library).filter((name) => name.endsWith('Error') && name !== 'Dinov2Error');

/** What else is listed, by the heads of its tables. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  fromPretrained: ['config', 'fields', 'onWeights', ...CHOSEN_FIELDS],
  forward: [...MASKED_FORWARD_OPTIONS, 'labels'],
  ProcessorConfig: Object.keys(PROCESSOR_FIELDS),
  class: ERRORS,
  variable: variablesRead(),
};

test.each([...LISTED.keys()].filter((head) => !head.startsWith('to ')))(
  'the page lists what there is under %s, and no more',
  (head) => {
    const names = head.split(',').flatMap((name) => NAMES[name] ?? Object.keys(TABLES[name] ?? {}));
    expect([...(LISTED.get(head) ?? new Map()).keys()].sort()).toEqual([...new Set(names)].sort());
  },
);

/** The variables that the code of the package names where it reads the environment. */
function variablesRead(): string[] {
  const files = ['backends', 'cli', 'graph', 'sources'].flatMap((room) =>
    readdirSync(ROOT + room, { recursive: true }).map((file) => `${room}/${file}`),
  );
  const read = files
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\/testing\//.test(file))
    .map((file) => readFileSync(ROOT + file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''))
    .filter((code) => /process\.env|ProcessEnv/.test(code))
    .flatMap(
      (code) => code.match(/(?<=env\.|'|^ +|[{,] )([A-Z][A-Z0-9]*(_[A-Z0-9]+)+|https?_proxy)(?=\b)/gm) ?? [],
    );
  return [...new Set(read)].filter((name) => !name.startsWith('ERR_'));
}
