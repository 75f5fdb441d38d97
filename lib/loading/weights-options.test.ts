/** Checkpoints that have more in them than a model. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeightsError } from '../../errors/errors.ts';
import { fileOf, openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import { dict, tensor } from '../../weights/testing/pickle-assembler.ts';
import { torchStateDict, torchZip } from '../../weights/testing/torch-file.ts';
import { float32ToWrite, type TensorToWrite } from '../../weights/write/encode-safetensors.ts';
import { convert } from '../conversion/convert.ts';
import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { LoadOptions } from '../families/dinov2/load-options.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';

const config = new Dinov2Config({
  hiddenSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  imageSize: 24,
  patchSize: 4,
});

const beside = (name: string): TensorToWrite => float32ToWrite(name, [2], Float32Array.of(1, 2));

/** The tensors of a small model behind a prefix, and others. */
async function tensorsWith(prefix: string, others: readonly string[]): Promise<TensorToWrite[]> {
  const model = await tensorsOf(await openFixture('plain-mlp-original'));
  return [...model.map((each) => ({ ...each, name: prefix + each.name })), ...others.map(beside)];
}

const saved = async (prefix: string, others: readonly string[]): Promise<Record<string, Uint8Array>> => ({
  'model.safetensors': fileOf(await tensorsWith(prefix, others)),
});

/** The tokens of one image, and what was said. */
async function load(
  files: Record<string, Uint8Array>,
  options: LoadOptions = {},
): Promise<{ tokens: Float32Array; warnings: readonly string[] }> {
  using model = await Dinov2Model.fromPretrained(files, { config, ...options });
  const data = Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i));
  using output = model.forward({ data, shape: [1, 3, 24, 24] });
  return { tokens: await readFloat32(output.lastHiddenState), warnings: model.warnings };
}

let expected: Float32Array;
beforeAll(async () => {
  expected = (await load(await saved('', []))).tokens;
});

test('a head that is not as wide as a classifier of DINOv2 is left out on request', async () => {
  const head = float32ToWrite('net.head.weight', [2, 24], new Float32Array(48));
  const files = {
    'model.safetensors': fileOf([...(await tensorsWith('net.', [])), head, beside('net.head.bias')]),
  };
  const target = join(mkdtempSync(join(tmpdir(), 'foreign-head-')), 'out');
  await expect(convert(files, target, { config })).rejects.toThrow(
    /head\.weight \(expected .*; to load the backbone without this head, set ignoreUnexpected to \['net\.head\.\*'\]/,
  );
  const done = await convert(files, target, { config, ignoreUnexpected: 'net.head.*' });
  expect(done.ignored).toEqual(['net.head.weight', 'net.head.bias']);
  const { tokens, warnings } = await load(files, { ignoreUnexpected: true });
  expect(tokens).toEqual(expected);
  expect(warnings).toEqual([expect.stringContaining('net.head.weight, net.head.bias')]);
  rmSync(join(target, '..'), { recursive: true });
});

test('unexpected tensors are an error that names the option, and are left out on request', async () => {
  const files = await saved('', ['fc.weight', 'logit_scale']);
  await expect(load(files)).rejects.toThrow(
    /got 2 unexpected: fc\.weight .*; to load the rest without them, set ignoreUnexpected to \['fc\.\*', 'logit_scale'\] \(--ignore 'fc\.\*' 'logit_scale'\)$/,
  );
  await expect(load(files, { ignoreUnexpected: 'fc.*' })).rejects.toMatchObject({
    unexpected: ['logit_scale'],
  });
  const { tokens, warnings } = await load(files, { ignoreUnexpected: ['fc.*', 'logit_*'] });
  expect(tokens).toEqual(expected);
  expect(warnings).toEqual([
    'files in memory/model.safetensors: left out, as asked for: fc.weight, logit_scale',
  ]);
});

test('what is missing stays an error, and has no such remedy', async () => {
  const tensors = (await tensorsWith('', ['fc.weight'])).filter(({ name }) => name !== 'norm.bias');
  const files = { 'model.safetensors': fileOf(tensors) };
  await expect(load(files)).rejects.toThrow(/1 missing, 1 unexpected: .*fc\.weight \(unexpected\)$/);
  await expect(load(files, { ignoreUnexpected: true })).rejects.toMatchObject({
    missing: ['norm.bias'],
    unexpected: [],
  });
});

test('weights that the configuration has no use for are not ignored', async () => {
  const files = await saved('', []);
  const shallow = config.with({ numHiddenLayers: 1 });
  const loading = load(files, { config: shallow, ignoreUnexpected: true });
  await expect(loading).rejects.toBeInstanceOf(WeightsError);
  await expect(loading).rejects.toThrow(/blocks\.1\.norm1\.weight \(unexpected\)/);
});

test('a backbone behind a prefix, with a decoder beside it', async () => {
  const files = await saved('pretrained.', ['depth_head.weight']);
  await expect(load(files)).rejects.toThrow(
    /got 1 unexpected: depth_head\.weight .*--ignore 'depth_head\.\*'/,
  );
  for (const options of [{ prefix: 'pretrained' }, { ignoreUnexpected: true }]) {
    const { tokens, warnings } = await load(files, options);
    expect(tokens).toEqual(expected);
    expect(warnings).toEqual([expect.stringMatching(/left out, as asked for: depth_head\.weight$/)]);
  }
});

test('the container of a torch file', async () => {
  const average = torchZip(
    dict({ state_dict: dict({ a: tensor() }), state_dict_ema: dict({ b: tensor() }) }),
  );
  await expect(load({ 'x.pth': average })).rejects.toThrow(/expected the tensors of a DINOv2 model, got b/);
  await expect(load({ 'x.pth': average }, { weightsKey: 'state_dict' })).rejects.toThrow(/got a$/);
  const plain = { 'x.pth': torchStateDict(await tensorsWith('', [])) };
  await expect(load(plain, { weightsKey: 'ema' })).rejects.toThrow(
    /under the weights key "ema", got no such entry; there are no containers/,
  );
  expect((await load(plain)).warnings).toEqual([]);
});

test('convert leaves out what it was asked to, and says so', async () => {
  const target = mkdtempSync(join(tmpdir(), 'dinov2-ignore-'));
  try {
    const files = await saved('encoder.vit.', ['decoder.weight']);
    await expect(convert(files, join(target, 'model'), { config })).rejects.toThrow(/--ignore 'decoder\.\*'/);
    const done = await convert(files, join(target, 'model'), { config, ignoreUnexpected: true });
    expect(done.ignored).toEqual(['decoder.weight']);
    expect(done.warnings).toContain(
      'files in memory/model.safetensors: left out, as asked for: decoder.weight',
    );
    expect(readdirSync(join(target, 'model'))).toContain('model.safetensors');
  } finally {
    rmSync(target, { recursive: true });
  }
});
