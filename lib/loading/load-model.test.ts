import { readFileSync } from 'node:fs';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { torchStateDict } from '../../weights/testing/torch-file.ts';
import { safetensorsParts, type TensorToWrite } from '../../weights/write/encode-safetensors.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';

const MODELS = new URL('../../conformance/fixtures/models/', import.meta.url).pathname;

async function filesOf(
  model: string,
  change: (tensors: TensorToWrite[]) => TensorToWrite[] = (tensors) => tensors,
): Promise<Record<string, Uint8Array>> {
  const bytes = new Uint8Array(readFileSync(`${MODELS}${model}/model.safetensors`));
  const checkpoint = await openSafetensors(memorySource(bytes), model);
  const tensors: TensorToWrite[] = [];
  for (const { name, dtype, shape } of checkpoint.tensors.values()) {
    tensors.push({ name, dtype, shape, bytes: await checkpoint.read(name) });
  }
  return {
    'config.json': new Uint8Array(readFileSync(`${MODELS}${model}/config.json`)),
    'model.safetensors': new Uint8Array(Buffer.concat(safetensorsParts(change(tensors)))),
  };
}

test('files in memory load, with their prefixes', async () => {
  const files = await filesOf('plain-mlp', (tensors) =>
    tensors.map((tensor) => ({ ...tensor, name: `module.backbone.${tensor.name}` })),
  );
  using model = await Dinov2Model.fromPretrained(files);
  expect(model.numParameters).toBeGreaterThan(10_000);
});

/** The tokens a model gives for one image. */
async function tokensOf(source: string | Record<string, Uint8Array>): Promise<unknown> {
  using model = await Dinov2Model.fromPretrained(source);
  const data = Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i));
  using output = model.forward({ data, shape: [1, 3, 24, 24] });
  return output.lastHiddenState.dataSync();
}

test('a .pth file of the original names, as the only one in its folder, gives the numbers of the safetensors file', async () => {
  let pth = new Uint8Array();
  const files = await filesOf('plain-mlp-original', (tensors) => {
    pth = new Uint8Array(torchStateDict(tensors));
    return tensors;
  });
  const config = files['config.json'] ?? new Uint8Array();
  expect(await tokensOf({ 'config.json': config, 'dinov2_vits14_pretrain.pth': pth })).toEqual(
    await tokensOf(files),
  );
});

function renamed(rename: (name: string) => string): (tensors: TensorToWrite[]) => TensorToWrite[] {
  return (tensors) => tensors.map((tensor) => ({ ...tensor, name: rename(tensor.name) }));
}

test.each<[string, string, (name: string) => string]>([
  [
    'of training, with blocks in chunks',
    'plain-mlp-original',
    (name) => `teacher.backbone.${name.replace(/^blocks\.(\d+)/, (_, i) => `blocks.${Number(i) * 3}.${i}`)}`,
  ],
  ['of a compiled model', 'plain-mlp-original', (name) => `_orig_mod.module.${name}`],
  [
    'of transformers 4 and 5 in one file',
    'plain-swiglu-hf5',
    (name) =>
      name.replace(
        /layer\.1\.attention\.(\w)_proj/,
        (_, part: string) =>
          `layer.1.attention.${{ q: 'attention.query', k: 'attention.key', v: 'attention.value' }[part] ?? 'output.dense'}`,
      ),
  ],
])('names %s', async (_, model, rename) => {
  const files = await filesOf(model, renamed(rename));
  expect(await tokensOf(files)).toEqual(await tokensOf(await filesOf(model)));
});

test('names of timm, where SwiGLU is called an MLP and plain models keep the position of CLS', async () => {
  const files = await filesOf('plain-swiglu-original', (tensors) =>
    renamed((name) => name.replace('mlp.w12', 'mlp.fc1').replace('mlp.w3', 'mlp.fc2'))(
      tensors.filter(({ name }) => name !== 'mask_token'),
    ),
  );
  const config = JSON.parse(new TextDecoder().decode(files['config.json']));
  files['config.json'] = new TextEncoder().encode(JSON.stringify({ ...config, use_mask_token: false }));
  expect(await tokensOf(files)).toEqual(await tokensOf(`${MODELS}plain-swiglu-original`));
});

test('a backbone takes a classifier checkpoint; a classifier refuses one without a head', async () => {
  using model = await Dinov2Model.fromPretrained(`${MODELS}classifier`);
  expect(model.parameters.has('head.weight')).toBe(false);
  await expect(Dinov2ForImageClassification.fromPretrained(`${MODELS}plain-mlp`)).rejects.toThrow(
    /2 missing: head\.weight \(missing\); head\.bias \(missing\)/,
  );
});

test('everything that disagrees is listed at once, and nothing is left behind', async () => {
  const files = await filesOf('plain-mlp', (tensors) =>
    tensors
      .filter(({ name }) => name !== 'layernorm.bias')
      .map((tensor) => (tensor.name === 'embeddings.cls_token' ? { ...tensor, shape: [24] } : tensor))
      .concat({ name: 'surprise', dtype: 'U8', shape: [1], bytes: new Uint8Array(1) }),
  );
  await expect(Dinov2Model.fromPretrained(files)).rejects.toMatchObject({
    name: 'WeightsError',
    missing: ['norm.bias'],
    unexpected: ['surprise'],
    mismatched: [{ name: 'cls_token', expected: [1, 1, 24], actual: [24] }],
  });
});

test('a key without its query is reported, not guessed', async () => {
  const files = await filesOf('plain-mlp', (tensors) =>
    tensors.filter(({ name }) => !name.includes('0.attention.attention.query.weight')),
  );
  await expect(Dinov2Model.fromPretrained(files)).rejects.toThrow(
    /blocks\.0\.attn\.qkv\.weight \(missing\).*key\.weight \(unexpected\)/,
  );
});

test('a configuration that contradicts the weights', async () => {
  const files = await filesOf('plain-mlp');
  files['config.json'] = new TextEncoder().encode(
    JSON.stringify({ ...JSON.parse(new TextDecoder().decode(files['config.json'])), hidden_size: 48 }),
  );
  await expect(Dinov2Model.fromPretrained(files)).rejects.toThrow(
    /misshapen.*expected \[1, 1, 48\], got \[1, 1, 24\]/,
  );
});

test.each<[string, (files: Record<string, Uint8Array>) => void, RegExp]>([
  [
    'no config where it can not be inferred',
    (files) => delete files['config.json'],
    /numAttentionHeads: expected heads of the published size 64/,
  ],
  [
    'no weights',
    (files) => delete files['model.safetensors'],
    /expected model\.safetensors, pytorch_model\.bin, .*, got none of them/,
  ],
  [
    'config that is no JSON',
    (files) => (files['config.json'] = new TextEncoder().encode('{')),
    /config\.json: expected JSON/,
  ],
  [
    'truncated weights',
    (files) => (files['model.safetensors'] = files['model.safetensors']?.slice(0, -1) ?? new Uint8Array()),
    /model\.safetensors: .*expected/,
  ],
])('refuses %s', async (_, change, message) => {
  const files = await filesOf('plain-mlp');
  change(files);
  await expect(Dinov2Model.fromPretrained(files)).rejects.toThrow(message);
});

test('a source that is nothing says what was tried', async () => {
  await expect(Dinov2Model.fromPretrained('./no/such/folder')).rejects.toThrow(
    /expected a folder, or a \.safetensors or \.pth file, got no folder/,
  );
});

test('options that do not exist are refused', async () => {
  const options = { interpolate: true } as object;
  await expect(Dinov2Model.fromPretrained(`${MODELS}plain-mlp`, options)).rejects.toThrow(/got interpolate$/);
});
