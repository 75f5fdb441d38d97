/** Models whose graphs are kept, on an engine that notes what is asked of it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDevice } from '../../backends/devices.ts';
import type { Engine, EngineFiles, EngineGraph } from '../../graph/engines/engine.ts';
import { GraphCache } from '../../graph/engines/kept/graph-cache-node.ts';
import { KeptModel, type KeptParts } from '../../graph/engines/kept/kept-model.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../../lib/testing/small-model.ts';

/** What happened, in order. */
let notes: string[];
let folder: string;
/** How many graphs were written. */
let written: number;
/** Whether files can't be opened. */
let isDamaged: boolean;

beforeAll(() => setDevice('cpu'));
beforeEach(() => {
  notes = [];
  written = 0;
  isDamaged = false;
  folder = mkdtempSync(join(tmpdir(), 'dinov2-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ready: EngineGraph = {
  run: async () =>
    new Map([['pooler_output', { data: new Float32Array(16), shape: [1, 16], dtype: 'float32' }]]),
  release: async () => undefined,
};

function engine(form: string): Engine & { readonly files: EngineFiles } {
  const start: Engine = async () => {
    notes.push('start');
    return ready;
  };
  const files: EngineFiles = {
    form,
    async write(_source, _precision, path) {
      notes.push('write');
      await writeFile(path, `${form} ${++written}`);
    },
    async open() {
      notes.push('open');
      if (!isDamaged) return ready;
      isDamaged = false;
      throw new Error('no graph');
    },
  };
  return Object.assign(start, { files });
}

/** What happens when a model of these parts is made and run once. */
async function run({
  form = 'a',
  side = 16,
  ...parts
}: Partial<KeptParts<Dinov2Model>> & { form?: string; side?: number } = {}): Promise<string[]> {
  notes = [];
  using outline = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  const kept = new KeptModel(outline, {
    cache: new GraphCache(join(folder, 'graphs'), 1e9, () => notes.push('warn')),
    engine: engine(form),
    maxGraphs: 1,
    precision: 'f32',
    source: 'here',
    facts: { weights: 1 },
    load: () => {
      notes.push('load');
      return Dinov2Model.fromConfig(SMALL, { seed: 1 });
    },
    ...parts,
  });
  const outputs = await kept.outputs(waves([1, 3, side, side]), ['pooler_output']);
  for (const tensor of Object.values(outputs)) tensor.dispose();
  await kept.dispose();
  return notes;
}

const MADE = ['load', 'write', 'open'];

// that weights are let go of is seen after each test, as of all tensors
test('a graph is made once for each set of facts, form of files and shape, and then opened', async () => {
  for (const parts of [{}, { facts: { weights: 2 } }, { form: 'b' }, { side: 20 }]) {
    expect(await run(parts)).toEqual(MADE);
    expect(await run(parts)).toEqual(['open']);
  }
  expect(readdirSync(join(folder, 'graphs'))).toHaveLength(4);
});

test('one that the engine can not open is made anew, and opens the next time', async () => {
  await run();
  isDamaged = true;
  expect(await run()).toEqual(['open', ...MADE]);
  const [key = ''] = readdirSync(join(folder, 'graphs'));
  expect(readFileSync(join(folder, 'graphs', key, 'model.onnx'), 'utf8')).toBe('a 2');
  expect(await run()).toEqual(['open']);
});

test('where nothing can be kept the graph is started as it is', async () => {
  const blocked = join(folder, 'file');
  await writeFile(blocked, '');
  const cache = new GraphCache(blocked, 1e9, () => notes.push('warn'));
  expect(await run({ cache })).toEqual(['load', 'warn', 'start']);
});
