import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeySchemeName } from '../../weights/key-schemes/key-scheme.ts';
import { fileOf, openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import { convert } from './convert.ts';

const FIXTURES = fileURLToPath(new URL('../../conformance/fixtures/', import.meta.url));
const model = (name: string): string => `${FIXTURES}models/${name}`;
const MODEL_FILE = 'model.safetensors';

/** The fixtures have no settings for images. */
const ASSUMED: unknown = expect.stringContaining('no preprocessor_config.json');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-convert-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);
const bytesOf = (path: string): Buffer => readFileSync(join(path, MODEL_FILE));

/** The config.json that stands beside a fixture. */
function configOf(name: string): Dinov2Config {
  return Dinov2Config.fromJSON(JSON.parse(readFileSync(join(model(name), 'config.json'), 'utf8')));
}

async function tokensOf(source: string): Promise<Float32Array> {
  using loaded = await Dinov2Model.fromPretrained(source);
  const data = Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i));
  using output = loaded.forward({ data, shape: [1, 3, 24, 24] });
  return await readFloat32(output.lastHiddenState);
}

describe.each(['plain-mlp', 'plain-swiglu', 'registers-mlp', 'registers-swiglu'])('%s', (name) => {
  test.each<KeySchemeName>(['original', 'hf5'])(
    'there and back by way of %s is the same file',
    async (to) => {
      await convert(model(name), inFolder('there'), { to });
      const back = await convert(inFolder('there'), inFolder('back'), { to: 'hf' });
      expect(back).toMatchObject({ from: to, lost: [], added: [], configInferred: false });
      expect(bytesOf(inFolder('back'))).toEqual(bytesOf(model(name)));
    },
  );

  test('timm loses what it has no place for, says so, and computes the same', async () => {
    const there = await convert(model(name), inFolder('timm'), { to: 'timm' });
    const registers = name.startsWith('registers');
    expect(there.lost.map((each) => each.name)).toEqual([
      ...(registers ? ['pos_embed[:, 0]'] : []),
      'mask_token',
    ]);
    await convert(inFolder('timm'), inFolder('back'));
    const expected = await tokensOf(model(name));
    expect(await tokensOf(inFolder('timm'))).toEqual(expected);
    expect(await tokensOf(inFolder('back'))).toEqual(expected);
  });
});

test('a configuration that stands nowhere is inferred, but for what has to be given', async () => {
  const weights = inFolder('weights.safetensors');
  await convert(model('plain-mlp'), weights, { to: 'original' });
  expect(readdirSync(folder)).toEqual(['weights.safetensors']);
  await expect(convert(weights, inFolder('out'))).rejects.toThrow(/numAttentionHeads/);
  expect(existsSync(inFolder('out'))).toBe(false);
  const { numAttentionHeads } = configOf('plain-mlp');
  const done = await convert(weights, inFolder('out'), { fields: { numAttentionHeads } });
  expect(done.configInferred).toBe(true);
  expect(bytesOf(inFolder('out'))).toEqual(bytesOf(model('plain-mlp')));
  expect(await tokensOf(inFolder('out'))).toEqual(await tokensOf(model('plain-mlp')));
});

test('weights are divided among files, and read from them', async () => {
  const done = await convert(model('plain-mlp'), inFolder('sharded'), { maxShardSize: '10KB' });
  expect(done.files.length).toBeGreaterThan(4);
  expect(readdirSync(inFolder('sharded')).sort()).toEqual([...done.files].sort());
  expect(await tokensOf(inFolder('sharded'))).toEqual(await tokensOf(model('plain-mlp')));
});

/** The files of a tiny checkpoint, with another bias in the last norm. */
async function filesWithBias(name: string, bias: number): Promise<Record<string, Uint8Array>> {
  const tensors = (await tensorsOf(await openFixture(name))).map((tensor) =>
    tensor.name.endsWith('layernorm.bias')
      ? { ...tensor, bytes: new Uint8Array(new Float32Array(tensor.bytes.length / 4).fill(bias).buffer) }
      : tensor,
  );
  return {
    [MODEL_FILE]: fileOf(tensors),
    'config.json': new Uint8Array(readFileSync(join(model(name), 'config.json'))),
  };
}

test('values too large for float16 are counted', async () => {
  const done = await convert(await filesWithBias('plain-mlp', 1e5), inFolder('large'), { dtype: 'f16' });
  expect(done.overflowed).toEqual([{ name: 'layernorm.bias', values: 24 }]);
});

test('what is written is summed up', async () => {
  const done = await convert(model('plain-mlp'), inFolder('half'), { dtype: 'f16' });
  const { tensors } = await openFixture('plain-mlp');
  const bytes = [...tensors.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(done).toMatchObject({ tensors: tensors.size, bytes: bytes / 2, warnings: [ASSUMED] });
  expect(done.dtypes).toEqual({ F16: done.tensors });
  expect(done.overflowed).toEqual([]);
});

test('a dry run says what would be written, and writes nothing', async () => {
  const dry = await convert(model('plain-mlp'), inFolder('dry'), { dtype: 'bf16', dryRun: true });
  expect(readdirSync(folder)).toEqual([]);
  const done = await convert(model('plain-mlp'), inFolder('done'), { dtype: 'bf16' });
  expect(dry).toEqual(done);
});

test('a dry run is refused the targets that the conversion would be refused', async () => {
  await convert(model('plain-mlp'), inFolder('out'));
  const dry = (overwrite: boolean): Promise<unknown> =>
    convert(model('plain-mlp'), inFolder('out'), { dryRun: true, overwrite });
  await expect(dry(false)).rejects.toThrow(/expected nothing of this name/);
  await expect(dry(true)).resolves.toMatchObject({ to: 'hf' });
});

test('labels without a classifier are worth a warning', async () => {
  const { warnings } = await convert(model('plain-mlp'), inFolder('out'), { labels: ['cat', 'dog'] });
  expect(warnings).toEqual([ASSUMED, expect.stringContaining('no classifier')]);
});

test('queries, keys and values of several dtypes become F32, which is said', async () => {
  const tensors = await tensorsOf(await openFixture('plain-mlp'));
  const mixed = tensors.map((each) =>
    /layer\.0\..*query\.bias$/.test(each.name)
      ? { ...each, dtype: 'BF16' as const, bytes: new Uint8Array(each.bytes.length / 2) }
      : each,
  );
  writeFileSync(inFolder('mixed.safetensors'), fileOf(mixed));
  const { warnings, dtypes } = await convert(inFolder('mixed.safetensors'), inFolder('out'), {
    config: configOf('plain-mlp'),
  });
  expect(dtypes).toEqual({ F32: tensors.length });
  expect(warnings).toEqual([
    ASSUMED,
    expect.stringMatching(/^blocks\.0\.attn\.qkv\.bias: .*BF16 and F32, and became F32$/),
  ]);
});

test('all that is missing, misshapen and unexpected is listed, and nothing is written', async () => {
  const config = configOf('plain-mlp').with({ numHiddenLayers: 3, patchSize: 8, imageSize: 48 });
  const attempt = convert(model('plain-mlp'), inFolder('out'), { config });
  await expect(attempt).rejects.toThrow(/missing/);
  await expect(attempt).rejects.toMatchObject({
    missing: expect.arrayContaining(['blocks.2.attn.qkv.weight']),
    mismatched: [expect.objectContaining({ name: 'patch_embed.proj.weight' })],
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('an old model is replaced only if asked to', async () => {
  await convert(model('plain-mlp'), inFolder('out'));
  await expect(convert(model('plain-mlp'), inFolder('out'), { dtype: 'f16' })).rejects.toThrow(/overwrite/);
  expect(bytesOf(inFolder('out'))).toEqual(bytesOf(model('plain-mlp')));
  await convert(inFolder('out'), inFolder('out'), { dtype: 'f16', overwrite: true });
  expect(readdirSync(folder)).toEqual(['out']);
});

test('a conversion that is stopped leaves nothing', async () => {
  const controller = new AbortController();
  const onWrite = (): void => controller.abort();
  const attempt = convert(model('plain-mlp'), inFolder('out'), { signal: controller.signal, onWrite });
  await expect(attempt).rejects.toThrow(/abort/i);
  expect(readdirSync(folder)).toEqual([]);
});

test('a classifier gets the names that each system has for one', async () => {
  await convert(model('classifier'), inFolder('original'), { to: 'original' });
  const text = bytesOf(inFolder('original')).toString('latin1');
  expect(text).toMatch(/"backbone\.cls_token".*"linear_head\.weight"/);
  await convert(inFolder('original'), inFolder('back'));
  expect(bytesOf(inFolder('back'))).toEqual(bytesOf(model('classifier')));
  expect(readFileSync(join(inFolder('original'), 'config.json'), 'utf8')).toContain(
    '"Dinov2ForImageClassification"',
  );
  const { lost } = await convert(model('classifier'), inFolder('timm'), { to: 'timm' });
  expect(lost.map(({ name }) => name)).toEqual(['head.bias', 'head.weight', 'mask_token']);
});

test('a backbone and a head of four layers become a classifier with labels', async () => {
  const source = model('linear-4');
  const head = join(source, 'linear_head.safetensors');
  const done = await convert(source, inFolder('joined'), { head });
  expect(done.config.numClassifierLayers).toBe(4);
  expect(done.warnings).toEqual([expect.stringContaining('no classifier over 4 layers'), ASSUMED]);
  const modules = await convert(source, inFolder('modules'), { head, to: 'hf5' });
  expect(modules.warnings).toEqual(done.warnings);
  const data = Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i));
  const logits: Float32Array[] = [];
  for (const [from, options] of [
    [source, { head }],
    [inFolder('joined'), {}],
  ] as const) {
    using loaded = await Dinov2ForImageClassification.fromPretrained(from, options);
    using output = loaded.forward({ data, shape: [1, 3, 24, 24] });
    logits.push(await readFloat32(output.logits));
  }
  expect(logits[1]).toEqual(logits[0]);
});

test('refuses a target that is no name, and work that was stopped before', async () => {
  for (const target of ['', undefined, 5]) {
    await expect(convert(model('plain-mlp'), target as string)).rejects.toThrow(/convert: target: expected/);
  }
  const signal = AbortSignal.abort(new Error('stopped'));
  const attempt = convert(model('plain-mlp'), inFolder('out'), { dryRun: true, signal });
  await expect(attempt).rejects.toThrow('stopped');
});

test.each([
  [{ to: 'onnx' }, /convert: to: expected one of hf, .*got "onnx"/],
  [{ dtype: 'f8' }, /convert: dtype: expected one of f32, f16, bf16, i8, got "f8"/],
  [{ shards: 3 }, /convert: expected options among .*got shards/],
])('refuses the options %j', async (options, message) => {
  const wrong: object = options;
  await expect(convert(model('plain-mlp'), inFolder('out'), wrong)).rejects.toThrow(message);
});

test('settings of images that the source does not have are said to be assumed, where they are written', async () => {
  const bare = await convert(model('plain-mlp'), inFolder('bare'), { to: 'timm' });
  expect(bare.warnings).toEqual([expect.stringContaining('no preprocessor_config.json')]);
  const weightsAlone = await convert(model('plain-mlp'), inFolder('alone.safetensors'));
  expect(weightsAlone.warnings).toEqual([]);
  const again = await convert(inFolder('bare'), inFolder('again'));
  expect(again.warnings).toEqual([]);
});
