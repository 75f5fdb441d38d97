/** Files whose linear weights are int8: written, read, and written again. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { setDevice } from '../../backends/devices.ts';
import { currentSimd } from '../../backends/simd/testing/current-simd.ts';
import type { WeightRows } from '../../ops/weight-rows.ts';
import type { KeySchemeName } from '../../weights/key-schemes/key-scheme.ts';
import { checkpointOf, fileOf, openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import { int8View } from '../../weights/write/int8-view.ts';
import { AutoModel, AutoModelForImageClassification } from '../families/auto.ts';
import type { LoadOptions } from '../families/dinov2/load-options.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import { compareModels } from './compare.ts';
import { type ConvertOptions, convert } from './convert.ts';
import { inspect } from './inspect.ts';

const FIXTURES = fileURLToPath(new URL('../../conformance/fixtures/', import.meta.url));
const model = (name: string): string => `${FIXTURES}models/${name}`;

beforeAll(() => setDevice('simd', { threads: 1 }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-int8-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Converts to a folder of a name, and gives its path. */
async function converted(source: string, name: string, options: ConvertOptions): Promise<string> {
  await convert(source, join(folder, name), options);
  return join(folder, name);
}

const weightsOf = (path: string): Buffer => readFileSync(join(path, 'model.safetensors'));

async function tokensOf(source: string, options: LoadOptions = {}): Promise<Float32Array> {
  using loaded = await AutoModel.fromPretrained(source, options);
  const [side, channels] = [28, loaded.config.numChannels];
  const data = Float32Array.from({ length: channels * side * side }, (_, i) => Math.sin(i));
  using output = loaded.forward({ data, shape: [1, channels, side, side] });
  return await readFloat32(output.lastHiddenState);
}

test.each<[string, KeySchemeName]>([
  ...['plain-mlp', 'plain-swiglu', 'registers-mlp', 'registers-swiglu'].flatMap((name) =>
    (['hf', 'hf5', 'original', 'timm'] as const).map((to): [string, KeySchemeName] => [name, to]),
  ),
  ['float16', 'hf'],
  ['bfloat16', 'original'],
])('%s in int8 with the names of %s computes what the source does in i8, bit for bit', async (name, to) => {
  const file = await converted(model(name), 'file', { to, dtype: 'i8' });
  const expected = await tokensOf(model(name), { precision: 'i8' });
  expect(await tokensOf(file)).toEqual(expected);
  expect(await tokensOf(file, { precision: 'i8' })).toEqual(expected);
});

test('integers and scales stay what they are on the way through other names', async () => {
  const file = await converted(model('registers-swiglu'), 'file', { dtype: 'i8' });
  const there = await converted(file, 'there', { to: 'original' });
  const modules = await converted(there, 'modules', { to: 'hf5' });
  const again = await converted(modules, 'again', { to: 'hf', dtype: 'i8' });
  expect(weightsOf(again)).toEqual(weightsOf(file));
  const config = (path: string): string => readFileSync(join(path, 'config.json'), 'utf8');
  expect(config(again)).toBe(config(file));
});

test('the linear weights of blocks alone are int8, with float32 scales, and what is beside them keeps its dtype', async () => {
  const done = await convert(model('float16'), join(folder, 'file'), { dtype: 'i8' });
  const { tensors } = await openFixture('float16');
  const linear = [...tensors.keys()].filter((name) => /(query|key|value|dense|fc1|fc2)\.weight$/.test(name));
  expect(done.dtypes).toEqual({
    I8: linear.length,
    F32: linear.length,
    F16: tensors.size - linear.length,
  });
  expect(done.tensors).toBe(tensors.size + linear.length);
  const { tensors: rows, ...found } = await inspect(join(folder, 'file'));
  expect(found).toMatchObject({
    precision: 'i8',
    weightBytes: done.bytes,
    unexpected: [],
    dtypes: done.dtypes,
  });
  const { parameters } = await inspect(model('float16'));
  expect(found.parameters).toBe(parameters);
  const key = 'encoder.layer.0.attention.attention.key';
  expect(rows).toContainEqual({
    name: `${key}.weight_scale`,
    ours: 'blocks.0.attn.qkv.weight',
    dtype: 'F32',
    shape: [24, 1],
  });
  expect(rows).toContainEqual({
    name: `${key}.weight`,
    ours: 'blocks.0.attn.qkv.weight',
    dtype: 'I8',
    shape: [24, 24],
  });
});

test('a file of int8 is widened where other precisions or dtypes are asked for', async () => {
  const file = await converted(model('plain-mlp'), 'file', { dtype: 'i8' });
  const wide = await converted(file, 'wide', { dtype: 'f32' });
  expect((await inspect(wide)).dtypes).toEqual((await inspect(model('plain-mlp'))).dtypes);
  expect(await tokensOf(wide)).toEqual(await tokensOf(file, { precision: 'f32' }));
  expect(readFileSync(join(wide, 'config.json'), 'utf8')).not.toContain('quantization_config');
  const half = await converted(file, 'half', { dtype: 'f16' });
  expect((await inspect(half)).dtypes).toEqual({ F16: expect.any(Number) });
  for (const [precision, expected] of [
    ['f32', 'f32'],
    ['f16', 'f16'],
    [undefined, 'i8'],
  ] as const) {
    using loaded = await AutoModel.fromPretrained(file, { precision });
    expect(loaded.precision).toBe(expected);
    // what rounding took away doesn't come back
    const said = loaded.warnings.filter((text) => text.includes('8 bits'));
    expect(said).toEqual(expected === 'i8' ? [] : [expect.stringContaining(`in ${expected} they have`)]);
  }
});

test('comparing widens, and calls the same integers identical', async () => {
  const file = await converted(model('plain-mlp'), 'file', { dtype: 'i8' });
  const original = await converted(file, 'original', { to: 'original' });
  const verdicts = new Set<string>();
  for await (const { verdict } of compareModels(file, original)) verdicts.add(verdict);
  expect([...verdicts]).toEqual(['identical']);
  const rows = new Map<string, object>();
  for await (const { name, ...row } of compareModels(file, model('plain-mlp'), { atol: 1e-2 })) {
    rows.set(name, row);
  }
  expect([...rows.keys()].some((name) => name.endsWith('scale'))).toBe(false);
  expect(rows.get('blocks.0.attn.qkv.weight')).toMatchObject({
    verdict: 'close',
    a: { dtype: 'I8', shape: [72, 24] },
    b: { dtype: 'F32', shape: [72, 24] },
  });
  expect(rows.get('norm.weight')).toMatchObject({ verdict: 'identical' });
});

test('int8 weights are divided among files, and a dry run says what they will be', async () => {
  const options: ConvertOptions = { dtype: 'i8', maxShardSize: '10KB' };
  const dry = await convert(model('plain-mlp'), join(folder, 'shards'), { ...options, dryRun: true });
  const done = await convert(model('plain-mlp'), join(folder, 'shards'), options);
  expect(dry).toEqual(done);
  expect(done.files.length).toBeGreaterThan(3);
  expect(await tokensOf(join(folder, 'shards'))).toEqual(
    await tokensOf(model('plain-mlp'), { precision: 'i8' }),
  );
});

test('config.json says what is quantised, and a classifier is not', async () => {
  const file = await converted(model('classifier'), 'file', { dtype: 'i8' });
  const { quantization_config: said } = JSON.parse(readFileSync(join(file, 'config.json'), 'utf8'));
  expect(said).toMatchObject({
    quant_method: 'compressed-tensors',
    format: 'int-quantized',
    ignore: ['classifier'],
    config_groups: { group_0: { weights: { num_bits: 8, strategy: 'channel', symmetric: true } } },
  });
});

test('a classifier in int8, and parts of a weight in floats, compute what they do widened', async () => {
  const file = await converted(model('classifier'), 'file', {});
  const tensors = await tensorsOf(await openFixture('classifier'));
  const rounded = int8View(await checkpointOf(tensors), (name) => /classifier|0\..*key/.test(name));
  writeFileSync(join(file, 'model.safetensors'), fileOf(await tensorsOf(rounded)));
  const wide = await converted(file, 'wide', { dtype: 'f32' });
  const logits: Float32Array[] = [];
  for (const source of [file, wide]) {
    using loaded = await AutoModelForImageClassification.fromPretrained(source);
    using output = loaded.forward({ data: new Float32Array(3 * 28 * 28).fill(0.3), shape: [1, 3, 28, 28] });
    logits.push(await readFloat32(output.logits));
  }
  expect(logits[0]).toEqual(logits[1]);
  expect(logits[0]?.some((value) => value !== 0)).toBe(true);
});

test('a repository of timm becomes int8, and computes what it does in i8', async () => {
  const file = await converted(`${FIXTURES}timm/swiglu`, 'file', { dtype: 'i8' });
  expect(await tokensOf(file, { positionInterpolation: 'timm' })).toEqual(
    await tokensOf(`${FIXTURES}timm/swiglu`, { precision: 'i8' }),
  );
});

test('the integers of a file go to the backend as they are, and are never widened on the way', async () => {
  const file = await converted(model('plain-mlp'), 'file', { dtype: 'i8' });
  const simd = currentSimd();
  const original = simd.writeLinearWeight.bind(simd);
  const given: WeightRows[] = [];
  const write = jest.spyOn(simd, 'writeLinearWeight').mockImplementation((parts, shape, precision) => {
    // copies, as others are read into their memory afterwards
    if (precision !== 'f32') given.push(...parts.map((part) => ({ ...part, bytes: part.bytes.slice() })));
    return original(parts, shape, precision);
  });
  using _loaded = await AutoModel.fromPretrained(file);
  write.mockRestore();
  // of two blocks: query, key, value, and three more
  expect(given).toHaveLength(2 * 6);
  const bytes = weightsOf(file);
  for (const part of given) {
    expect(part).toMatchObject({ dtype: 'I8', scales: expect.any(Float32Array) });
    expect(bytes.includes(Buffer.from(part.bytes))).toBe(true);
  }
});
