/** The folder of graphs that are kept: what it gives, what it lets go, and what happens to it from outside. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TraceError } from '../../../errors/errors.ts';
import { GraphCache, removePartialGraphs } from './graph-cache-node.ts';
import { openGraphCache } from './open-graph-cache-node.ts';

const NOTE = { model: 'owner/model/model.safetensors', architecture: 'Dinov2Model', graph: 'pixel_values' };

let folder: string;
let warnings: string[];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'dinov2-graphs-')), 'graphs');
  warnings = [];
});

afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));

function cache(limit = 1e9): GraphCache {
  return new GraphCache(folder, limit, (text) => warnings.push(text));
}

/** Writes the files of a graph: a small one, and one with this many bytes of weights. */
function writing(bytes: number, fill = 7): (path: string) => Promise<void> {
  return async (path) => {
    await writeFile(path, 'model');
    await writeFile(`${path}_data`, new Uint8Array(bytes).fill(fill));
  };
}

const key = (seed: unknown): string => cache().keyOf({ seed });

test('a graph is found again by what it depends on, and by nothing else', async () => {
  expect(await cache().find(key(1))).toBeUndefined();
  const path = await cache().add(key(1), NOTE, writing(5000));
  expect(path).toBe(join(folder, key(1), 'model.onnx'));
  expect(await cache().find(key(1))).toBe(path);
  expect(await cache().find(key(2))).toBeUndefined();
  expect(await cache().list()).toEqual([
    { ...NOTE, path: join(folder, key(1)), size: expect.any(Number), used: expect.any(Date) },
  ]);
  expect(warnings).toEqual([]);
});

const DAMAGES: [string, (entry: string) => void][] = [
  [
    'a file is cut short',
    (entry) => writeFileSync(join(entry, 'model.onnx_data'), new Uint8Array(4000).fill(7)),
  ],
  [
    'a disk lost what was in one',
    (entry) => writeFileSync(join(entry, 'model.onnx_data'), new Uint8Array(5000)),
  ],
  ['a file is gone', (entry) => rmSync(join(entry, 'model.onnx'))],
  ['the note is gone', (entry) => rmSync(join(entry, 'graph.json'))],
  ['the note is no note', (entry) => writeFileSync(join(entry, 'graph.json'), '{"digests": 1')],
  ['the note says nothing', (entry) => writeFileSync(join(entry, 'graph.json'), '{"digests": {}}')],
];

test.each(DAMAGES)('where %s, the graph is as good as absent, and can be kept anew', async (_, damage) => {
  await cache().add(key(1), NOTE, writing(5000));
  damage(join(folder, key(1)));
  expect(await cache().find(key(1))).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
  expect(await cache().add(key(1), NOTE, writing(5000))).toBeDefined();
  expect(await cache().find(key(1))).toBeDefined();
  expect(warnings).toEqual([]);
});

test.each<[string, size: number, changed: number, first: number, end: number]>([
  ['large files are known by samples all over them', 3e6, 3e6, 1e6, 1.1e6],
  ['and by their last bytes', 3e6, 3e6, 3e6 - 1, 3e6],
  ['and by their length, though they hold the same byte everywhere', 3e6, 3e6 + 1, 0, 0],
  ['small ones are known by all bytes', 2e5, 2e5, 5000, 5001],
])('%s', async (_, size, changed, first, end) => {
  await cache().add(key(1), NOTE, writing(size));
  writeFileSync(join(folder, key(1), 'model.onnx_data'), new Uint8Array(changed).fill(7).fill(0, first, end));
  expect(await cache().find(key(1))).toBeUndefined();
});

test('where there is no room, what was used longest ago goes', async () => {
  const small = cache(25_000);
  for (const seed of [1, 2]) {
    await small.add(key(seed), NOTE, writing(10_000));
    const past = new Date(Date.now() - 1e6 * (3 - seed));
    utimesSync(join(folder, key(seed), 'graph.json'), past, past);
  }
  expect(await small.find(key(1))).toBeDefined();
  await small.add(key(3), NOTE, writing(10_000));
  expect((await small.list()).map(({ path }) => path).sort()).toEqual(
    [key(1), key(3)].map((each) => join(folder, each)).sort(),
  );
  expect(warnings).toEqual([]);
});

test('what fits to the byte is kept', async () => {
  await cache().add(key(1), NOTE, writing(10_000));
  const [{ size } = { size: 0 }] = await cache().list();
  await cache(2 * size).add(key(2), NOTE, writing(10_000));
  expect(await cache().list()).toHaveLength(2);
  await cache(2 * size - 1).add(key(3), NOTE, writing(10));
  expect(await cache().list()).toHaveLength(2);
});

test('what is being written is removed at once where a program is about to be ended', async () => {
  const interrupted = async (path: string): Promise<void> => {
    await writing(5000)(path);
    removePartialGraphs();
  };
  expect(await cache().add(key(1), NOTE, interrupted)).toBeUndefined();
  expect(readdirSync(dirname(folder))).toEqual([]);
});

test('a graph that is larger than all the room is not kept, and a warning says so', async () => {
  expect(await cache(10_000).add(key(1), NOTE, writing(20_000))).toBeUndefined();
  expect(readdirSync(dirname(folder))).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /expected at most 10000 bytes, got 2\d{4}; raise graphCacheSize; the graph is not kept/,
    ),
  ]);
});

test('two that write the same at once keep one whole graph, and both have it', async () => {
  const paths = await Promise.all([
    cache().add(key(1), NOTE, writing(5000)),
    cache().add(key(1), NOTE, writing(5000)),
  ]);
  expect(new Set(paths)).toEqual(new Set([join(folder, key(1), 'model.onnx')]));
  expect(await cache().find(key(1))).toBeDefined();
  expect(readdirSync(folder)).toEqual([key(1)]);
  expect(warnings).toEqual([]);
});

test('where nothing can be written, a warning says so, and what is there is still found', async () => {
  await cache().add(key(1), NOTE, writing(5000));
  const blocked = join(dirname(folder), 'file');
  writeFileSync(blocked, '');
  const there = new GraphCache(blocked, 1e9, (text) => warnings.push(text));
  expect(await there.find(key(1))).toBeUndefined();
  expect(await there.add(key(1), NOTE, writing(5000))).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(/got E(NOTDIR|EXIST).*graphCacheDir.*graphCache: false/)]);
  chmodSync(folder, 0o555);
  expect(await cache().find(key(1))).toBeDefined();
  chmodSync(folder, 0o755);
});

test('a graph that has no form in the engine is an error, and leaves nothing', async () => {
  const failing = async (path: string): Promise<void> => {
    await writeFile(path, 'half');
    throw new TraceError('no such kernel');
  };
  await expect(cache().add(key(1), NOTE, failing)).rejects.toThrow('no such kernel');
  expect(readdirSync(dirname(folder))).toEqual([]);
});

test('what a program that was killed left is removed later, and what another is writing is not', async () => {
  const [old, young] = ['1', '2'].map((pid) => join(folder, `.${key(0)}.partial-${pid}-00000000`));
  for (const each of [old, young]) mkdirSync(String(each), { recursive: true });
  const past = new Date(Date.now() - 1e8);
  utimesSync(String(old), past, past);
  const halfAnHour = new Date(Date.now() - 1800e3);
  utimesSync(String(young), halfAnHour, halfAnHour);
  await cache().add(key(1), NOTE, writing(10));
  expect(readdirSync(folder).sort()).toEqual([`.${key(0)}.partial-2-00000000`, key(1)].sort());
});

test('graphs are deleted by what they are of, and nothing else in the folder', async () => {
  await cache().add(key(1), NOTE, writing(10));
  await cache().add(key(2), { ...NOTE, model: 'other' }, writing(10));
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  expect((await cache().delete(({ model }) => model === 'other')).map(({ model }) => model)).toEqual([
    'other',
  ]);
  expect(readdirSync(folder).sort()).toEqual([key(1), 'notes.txt'].sort());
});

test('a folder is that of the options, of the environment, or in the home of the Hub; one without a name is none', () => {
  const env = { HF_HOME: join('/', 'hub') };
  const home = join('/', 'hub', 'dinov2-tfjs');
  expect(openGraphCache({}, env).folder).toBe(home);
  expect(openGraphCache({ graphCacheDir: '', cacheDir: '' }, env).folder).toBe(home);
  expect(openGraphCache({ cacheDir: 'here' }, env).folder).toBe(join('here', 'dinov2-tfjs'));
  const named = { ...env, DINOV2_GRAPH_CACHE_DIR: join('/', 'graphs') };
  expect(openGraphCache({ cacheDir: 'here' }, named).folder).toBe(join('/', 'graphs'));
  expect(openGraphCache({ graphCacheDir: 'there' }, named).folder).toBe('there');
});
