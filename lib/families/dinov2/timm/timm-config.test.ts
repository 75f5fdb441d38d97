/** What a config.json of timm may say, and what is refused by name. */
import { ConfigError } from '../../../../errors/errors.ts';
import { isTimmFile, readTimmFile, type TimmFile } from '../../../../sources/timm-file.ts';
import type { TensorShapes } from '../../../heads/head.ts';
import { timmConfig } from './timm-config.ts';

/** The shapes of a model of one block, as UNI has them: 16-pixel patches, 14 × 14 of them. */
function shapes(width: number, changes: Record<string, readonly number[]> = {}): TensorShapes {
  const all: Record<string, readonly number[]> = {
    cls_token: [1, 1, width],
    pos_embed: [1, 197, width],
    'patch_embed.proj.weight': [width, 3, 16, 16],
    'blocks.0.attn.qkv.weight': [3 * width, width],
    'blocks.0.attn.qkv.bias': [3 * width],
    'blocks.0.ls1.gamma': [width],
    'blocks.0.mlp.fc1.weight': [4 * width, width],
    ...changes,
  };
  return new Map(Object.entries(all).map(([name, shape]) => [name, { shape }]));
}

function fileOf(modelArgs: object = {}, rest: object = {}): TimmFile {
  const json = {
    architecture: 'vit_large_patch16_224',
    model_args: { depth: 1, init_values: 1e-5, num_classes: 0, ...modelArgs },
    pretrained_cfg: { input_size: [3, 224, 224] },
    ...rest,
  };
  if (!isTimmFile(json)) throw new Error('expected a file of timm');
  return readTimmFile(json, 'config.json');
}

test('of UNI, heads and positions are those of its architecture', () => {
  const { config, warnings } = timmConfig(fileOf({ img_size: 224, dynamic_img_size: true }), shapes(1024));
  expect(config).toMatchObject({
    numAttentionHeads: 16,
    headDim: 64,
    imageSize: 224,
    patchSize: 16,
    positionInterpolation: 'timm',
    hiddenAct: 'gelu',
    // transformers' default: UNI has no classifier
    numLabels: 2,
    inferred: [],
  });
  expect(warnings).toEqual([]);
});

test('heads of another size than 64 are those of the file', () => {
  const file = fileOf({ num_heads: 16, embed_dim: 1280 }, { architecture: 'vit_huge_patch14_224.tag' });
  const found = timmConfig(
    file,
    shapes(1280, { 'patch_embed.proj.weight': [1280, 3, 14, 14], pos_embed: [1, 257, 1280] }),
  );
  expect(found.config).toMatchObject({ numAttentionHeads: 16, headDim: 80, imageSize: 224 });
  expect(timmConfig(file, shapes(1280), { numAttentionHeads: 20 }).config.headDim).toBe(64);
});

test('positions of another grid than the file says keep their own', () => {
  const { config } = timmConfig(fileOf({ img_size: 448 }), shapes(1024));
  expect(config.imageSize).toBe(224);
});

test('SwiGLU that the file does not mention is said', () => {
  const swiglu = shapes(1024, { 'blocks.0.mlp.w12.weight': [4096, 1024] });
  expect(timmConfig(fileOf(), swiglu)).toMatchObject({
    config: { useSwigluFfn: true },
    warnings: [expect.stringMatching(/^config\.json: .*SiLU/)],
  });
  expect(timmConfig(fileOf({ act_layer: 'silu' }), swiglu).warnings).toEqual([]);
  expect(() => timmConfig(fileOf({ act_layer: 'gelu' }), swiglu)).toThrow(/act_layer: expected silu/);
});

test('an older file holds the pretrained configuration alone', () => {
  const json: unknown = {
    architecture: 'vit_small_patch14_dinov2',
    input_size: [3, 518, 518],
    fixed_input_size: true,
    num_classes: 3,
    label_names: ['a', 'b', 'c'],
  };
  if (!isTimmFile(json)) throw new Error('expected a file of timm');
  const file = readTimmFile(json, 'config.json');
  const tensors = shapes(384, {
    'patch_embed.proj.weight': [384, 3, 14, 14],
    pos_embed: [1, 1370, 384],
  });
  expect(timmConfig(file, tensors).config).toMatchObject({
    imageSize: 518,
    numAttentionHeads: 6,
    numHiddenLayers: 12,
    id2label: { 0: 'a', 1: 'b', 2: 'c' },
  });
});

test.each<[string, object, object, RegExp]>([
  [
    'an architecture without DINOv2 layers',
    {},
    { architecture: 'resnet50' },
    /architecture: expected vit_.*got "resnet50"/,
  ],
  ['no name', {}, { architecture: 3 }, /architecture: expected the name of a timm model, got 3/],
  ['no CLS token', { class_token: false }, {}, /class_token: expected true/],
  ['a norm before the blocks', { pre_norm: true }, {}, /pre_norm: expected false/],
  ['norms of queries and keys', { qk_norm: true }, {}, /qk_norm: expected false/],
  ['no positions', { pos_embed: 'none' }, {}, /pos_embed: expected learn/],
  ['another norm', { norm_layer: 'rmsnorm' }, {}, /norm_layer: expected layernorm/],
  ['another network', { mlp_layer: 'timm.layers.GluMlp' }, {}, /mlp_layer: expected Mlp or SwiGLUPacked/],
  ['an activation of no name', { act_layer: 'elu' }, {}, /act_layer: expected one of gelu/],
  ['an activation of every object', { act_layer: 'constructor' }, {}, /act_layer: expected one of gelu/],
  ['attention pooling', { global_pool: 'map' }, {}, /global_pool: expected token/],
  ['a norm behind the pooling', { global_pool: 'avg' }, {}, /fc_norm: expected false.*got null/],
  ['padding', { dynamic_img_pad: true }, {}, /dynamic_img_pad: expected false/],
  ['an argument nobody knows', { rope: true }, {}, /rope: expected no such argument/],
  ['an argument of every object', { constructor: 1 }, {}, /constructor: expected no such argument/],
  ['arguments of another type', {}, { model_args: 'none' }, /model_args: expected an object/],
  ['heads in words', { num_heads: 'six' }, {}, /num_heads: expected an integer/],
])('refuses %s by name', (_, modelArgs, rest, message) => {
  const read = () => timmConfig(fileOf(modelArgs, rest), shapes(1024));
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
});

test('a plain ViT, which has no layer scale, is refused', () => {
  const plain = new Map([...shapes(1024)].filter(([name]) => !name.includes('ls1')));
  expect(() => timmConfig(fileOf(), plain)).toThrow(/init_values: expected a checkpoint with layer scale/);
});

test('sizes that are given in code are those of the tensors, and heads are assumed', () => {
  const file = fileOf({}, { architecture: 'vit_giant_patch14_224', model_args: undefined });
  const uni2 = shapes(1536, { 'patch_embed.proj.weight': [1536, 3, 14, 14], pos_embed: [1, 257, 1536] });
  const { config, warnings } = timmConfig(file, uni2);
  expect(config).toMatchObject({ hiddenSize: 1536, numHiddenLayers: 1, numAttentionHeads: 24 });
  expect(warnings).toEqual([expect.stringContaining('numAttentionHeads 24 (as in published models')]);
});

test.each<[object, boolean]>([
  [{ architecture: 'vit', pretrained_cfg: {} }, true],
  [{ architecture: 'vit', model_type: 'timm_wrapper' }, true],
  [{ architecture: 'vit', model_type: 'dinov2' }, false],
  [{ model_type: 'dinov2', architectures: ['Dinov2Model'] }, false],
])('%p: of timm %p', (json, expected) => {
  expect(isTimmFile(json)).toBe(expected);
});
