/** Compiled models whose graphs are kept: each start a process of its own, on ONNX Runtime's WebAssembly in place of the native build. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUNTIME = new URL('../../cli/testing/onnxruntime.mjs?web', import.meta.url).href;

/** For each run: loads, runs one pass, and tells what came out, and how often weights were read. */
const PROGRAM = `
  import * as library from 'dinov2-tfjs';
  const { model, runs } = JSON.parse(process.argv.at(-1));
  const seen = [];
  for (const { source = model, kind = 'Dinov2Model', device = 'cpu', size = 28, outputs = ['pooler_output'], ...options } of runs) {
    await library.setDevice(device, device === 'simd' ? { threads: 1 } : {});
    const data = Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(i * 0.7));
    let reads = 0;
    const warnings = [];
    const compiled = await library.compilePretrained(library[kind], source, {
      threads: 1, ...options, onWeights: () => { reads++; }, onWarning: (text) => warnings.push(text),
    });
    const named = await compiled.outputs({ data, shape: [1, 3, size, size] }, outputs);
    const values = Buffer.from((await library.readFloat32(Object.values(named)[0])).buffer).toString('base64');
    await compiled.dispose();
    seen.push({ values, reads, warnings, model: String(compiled.model) });
  }
  console.log(JSON.stringify({ seen, kept: await library.listKeptGraphs() }));
`;

interface Seen {
  values: string;
  reads: number;
  warnings: string[];
  model: string;
}

/** When the weights were written. */
const THEN = new Date(1.5e12);

let folder: string;
let model: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-kept-'));
  model = join(folder, 'model');
  cpSync(join(ROOT, 'models', 'digits'), model, { recursive: true });
  utimesSync(join(model, 'model.safetensors'), THEN, THEN);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const graphs = (): string => join(folder, 'graphs');

function words(runs: readonly object[]): string[] {
  const given = JSON.stringify({ model, runs });
  return ['--import', RUNTIME, '--input-type=module', '--eval', PROGRAM, given];
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, DINOV2_GRAPH_CACHE_DIR: graphs() };
}

/** One start, in which these models are run one after the other. */
function start(...runs: object[]): { seen: Seen[]; kept: { path: string; model: string }[] } {
  const { stdout, stderr } = spawnSync(process.execPath, words(runs.length > 0 ? runs : [{}]), {
    cwd: ROOT,
    env: environment(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Changes the values of a file of weights in a way that nothing but reading them tells. */
function spoilWeights(): void {
  const path = join(model, 'model.safetensors');
  const bytes = readFileSync(path);
  bytes.fill(0, 8 + Number(bytes.readBigUInt64LE(0)));
  writeFileSync(path, bytes);
  utimesSync(path, THEN, THEN);
}

test('the second start reads no weights and gives the same bits', () => {
  const first = start();
  expect(first.seen[0]?.reads).toBeGreaterThan(10);
  expect(first.seen[0]?.model).toMatch(/^Dinov2Model \{.*numParameters: \d{5,}, disposed: true \}$/);
  spoilWeights();
  const second = start();
  expect(second.seen).toEqual([{ ...first.seen[0], reads: 0 }]);
  expect(second.kept).toHaveLength(1);
  expect(second.kept[0]?.model).toBe(join(model, 'model.safetensors'));
});

test('with graphCache: false weights are read, and nothing is kept', () => {
  const { seen, kept } = start({ graphCache: false }, { graphCache: false });
  expect(seen.map(({ reads }) => reads > 10)).toEqual([true, true]);
  expect(kept).toEqual([]);
});

test('graphs are kept apart by all that they depend on, and by nothing else', () => {
  const runs = [
    {},
    { precision: 'f16' },
    { precision: 'i8' },
    { fields: { layerNormEps: 1e-5 } },
    { positionInterpolation: 'timm' },
    { size: 42 },
    { outputs: ['last_hidden_state'] },
    { kind: 'Dinov2ForImageClassification', outputs: ['logits'] },
    { device: 'simd' },
  ];
  const { seen, kept } = start(...runs);
  expect(seen.map(({ reads }) => reads > 10)).toEqual(runs.map(() => true));
  expect(kept).toHaveLength(runs.length);
  const same = [{ maxGraphs: 1, sessionOptions: {} }, { kind: 'AutoModel' }];
  expect(start(...same).seen.map(({ reads }) => reads)).toEqual([0, 0]);
});

test('weights that are another file, or have another time or size, are read anew', () => {
  const path = join(model, 'model.safetensors');
  const moved = join(folder, 'moved');
  cpSync(model, moved, { recursive: true, preserveTimestamps: true });
  const [first, elsewhere] = start({}, { source: moved }).seen;
  expect(elsewhere).toEqual(first);
  utimesSync(path, new Date(1e12), new Date(1e12));
  expect(start().seen).toEqual([first]);
  spoilWeights();
  utimesSync(path, new Date(2e12), new Date(2e12));
  expect(start().seen[0]?.values).not.toBe(first?.values);
});

test('a graph that is damaged is made anew', () => {
  const [first] = start().seen;
  const [key = ''] = readdirSync(graphs());
  const path = join(graphs(), key, 'model.onnx_data');
  writeFileSync(path, readFileSync(path).subarray(0, -100));
  expect(start({}, {}).seen).toEqual([first, { ...first, reads: 0 }]);
});

test('where nothing can be kept, a warning says so and the numbers are the same', () => {
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const tight = { graphCacheDir: join(folder, 'small'), graphCacheSize: '10KB' };
  const [first, seen, small] = start({}, { graphCacheDir: blocked }, tight).seen;
  expect(seen).toEqual({ ...first, warnings: [expect.stringMatching(/the graph is not kept/)] });
  expect(small).toEqual({ ...first, warnings: [expect.stringMatching(/expected at most 10000 bytes/)] });
});

test('two processes at once keep one graph', async () => {
  const run = () =>
    new Promise<string>((resolve) => {
      let out = '';
      const child = spawn(process.execPath, words([{}]), { cwd: ROOT, env: environment() });
      child.stdout.on('data', (text) => {
        out += text;
      });
      child.on('close', () => resolve(out));
    });
  const [a, b] = (await Promise.all([run(), run()])).map((out) => JSON.parse(out).seen[0]);
  expect(a.values).toBe(b.values);
  expect([a.warnings, b.warnings]).toEqual([[], []]);
  expect(readdirSync(graphs())).toHaveLength(1);
});
