import { readFileSync } from 'node:fs';
import { MODELS, openFixture } from '../../../weights/testing/checkpoints.ts';
import type { TensorShapes } from '../../heads/head.ts';
import { assumptions } from './assumptions.ts';
import { Dinov2Config } from './dinov2-config.ts';
import type { Dinov2ConfigFields } from './dinov2-fields.ts';
import { inferConfig } from './infer-config.ts';
import { PRESET_NAMES, type PresetName, presetConfig } from './presets.ts';
import { viewed } from './testing/mapped.ts';

/** The shapes of a model, as far as they say something. */
function shapesOf(config: Dinov2Config): Map<string, { shape: readonly number[] }> {
  const { hiddenSize: D, ffnHiddenSize: F, numRegisterTokens: R } = config;
  const [h, w] = config.positionGrid;
  const shapes: Record<string, number[]> = {
    cls_token: [1, 1, D],
    mask_token: [1, D],
    pos_embed: [1, 1 + h * w, D],
    'patch_embed.proj.weight': [D, 3, 14, 14],
  };
  if (R > 0) shapes.register_tokens = [1, R, D];
  for (let i = 0; i < config.numHiddenLayers; i++) {
    shapes[`blocks.${i}.attn.qkv.weight`] = [3 * D, D];
    shapes[`blocks.${i}.attn.qkv.bias`] = [3 * D];
    if (config.useSwigluFfn) shapes[`blocks.${i}.mlp.w12.weight`] = [2 * F, D];
    else shapes[`blocks.${i}.mlp.fc1.weight`] = [F, D];
  }
  return new Map(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}

test.each(PRESET_NAMES)('%s is inferred in full', (name: PresetName) => {
  const config = presetConfig(name);
  const { inferred, ...fields } = inferConfig(shapesOf(config), name);
  expect(config).toMatchObject(fields);
  expect(inferred).toEqual([
    'numAttentionHeads',
    ...(config.useSwigluFfn ? [] : ['hiddenAct']),
    'layerNormEps',
    'imageSize',
  ]);
});

test.each([
  [192, 3],
  [384, 6],
  [768, 12],
  [1024, 16],
  [1280, 16],
  [1408, 16],
  [1664, 16],
  [1536, 24],
  [64, 1],
  [640, 10],
])('%d wide without a word about heads: %d, and it is said', (width, heads) => {
  const shapes = changedShapes((all) => {
    all.set('cls_token', { shape: [1, 1, width] });
    all.set('blocks.0.attn.qkv.weight', { shape: [3 * width, width] });
    all.set('blocks.0.mlp.w12.weight', { shape: [2 * width, width] });
  });
  const config = inferConfig(shapes, 'here');
  expect(config).toMatchObject({ numAttentionHeads: heads, headDim: width / heads });
  expect(config.inferred).toContain('numAttentionHeads');
  expect(assumptions(config, 'here')).toMatch(
    new RegExp(
      `^here: no file says numAttentionHeads ${heads} \\(${width === 64 || width === 640 ? 'of 64 each, though no' : 'as in'} published`,
    ),
  );
});

test('what is given is not assumed', () => {
  const given = { numAttentionHeads: 16, hiddenAct: 'gelu', layerNormEps: 1e-5, imageSize: 518 } as const;
  const config = inferConfig(shapesOf(presetConfig('dinov2-large')), 'here', given);
  expect(config.inferred).toEqual([]);
  expect(assumptions(config, 'here')).toBeUndefined();
  // heads of a given size are counted
  const counted = inferConfig(shapesOf(presetConfig('dinov2-large')), 'here', { headDim: 32 });
  expect(counted).toMatchObject({ numAttentionHeads: 32, headDim: 32 });
  expect(counted.inferred).toEqual(['hiddenAct', 'layerNormEps', 'imageSize']);
  const some = inferConfig(shapesOf(presetConfig('dinov2-large')), 'here').with({ numAttentionHeads: 8 });
  expect(some).toMatchObject({ inferred: ['hiddenAct', 'layerNormEps', 'imageSize'], headDim: 128 });
});

test('a field that is given as undefined is none', () => {
  const absent: object = { numAttentionHeads: undefined };
  const shapes = shapesOf(presetConfig('dinov2-large'));
  expect(inferConfig(shapes, 'here', absent)).toMatchObject({ numAttentionHeads: 16 });
  expect(presetConfig('dinov2-large').with(absent)).toMatchObject({ numAttentionHeads: 16 });
});

/** What the tensors of a tiny checkpoint say, but for the heads, which are smaller than published. */
async function inferred(model: string, given: Dinov2ConfigFields): Promise<Dinov2Config> {
  const { checkpoint } = viewed(await openFixture(model));
  return inferConfig(checkpoint.tensors, model, given);
}

function written(model: string): Dinov2Config {
  return Dinov2Config.fromJSON(JSON.parse(readFileSync(`${MODELS}${model}/config.json`, 'utf8')));
}

test.each([
  'plain-mlp',
  'plain-mlp-original',
  'plain-mlp-timm',
  'plain-swiglu',
  'plain-swiglu-hf5',
  'registers-mlp',
  'registers-mlp-timm',
  'registers-swiglu',
  'no-qkv-bias',
  'no-mask-token',
  'grey',
  'patch-8',
  'mlp-ratio-3',
  'classifier',
  'classifier-registers',
  'head-dim',
])('what %s was saved with is inferred, given its heads', async (model) => {
  const expected = written(model);
  const { numAttentionHeads } = expected;
  // labels have names only in a file
  const {
    id2label: _,
    problemType: __,
    inferred: ___,
    ...found
  } = await inferred(model, { numAttentionHeads });
  expect(expected).toMatchObject(found.numLabels === 2 ? { ...found, numLabels: expected.numLabels } : found);
});

test('a head size other than the published one can be given instead of the number of heads', async () => {
  expect(await inferred('plain-mlp', { headDim: 8 })).toMatchObject({ numAttentionHeads: 3, headDim: 8 });
  expect(await inferred('head-size-64', {})).toMatchObject({ numAttentionHeads: 2, headDim: 64 });
});

test.each([
  [20, 72, true],
  [24, 65, false],
  [97, 64, true],
  [1536, 4096, true],
  [768, 2304, false],
])('width %d and hidden size %d, SwiGLU %p, get a ratio that gives them', (D, F, isSwiGLU) => {
  const shapes = shapesOf(presetConfig('dinov2-small'));
  const changed = new Map([...shapes].filter(([name]) => !name.includes('.mlp.')));
  changed.set('cls_token', { shape: [1, 1, D] });
  const weight = isSwiGLU ? { name: 'w12', rows: 2 * F } : { name: 'fc1', rows: F };
  changed.set(`blocks.0.mlp.${weight.name}.weight`, { shape: [weight.rows, D] });
  expect(inferConfig(changed, 'here', { numAttentionHeads: 1 }).ffnHiddenSize).toBe(F);
});

function changedShapes(change: (shapes: Map<string, { shape: readonly number[] }>) => void): TensorShapes {
  const shapes = shapesOf(presetConfig('dinov2-giant'));
  change(shapes);
  return shapes;
}

test.each<[string, TensorShapes, RegExp]>([
  [
    'heads of no published width',
    changedShapes((shapes) => {
      shapes.set('blocks.0.attn.qkv.weight', { shape: [72, 24] });
    }),
    /^here: numAttentionHeads: expected heads of the published size 64 to infer it from, got a width of 24; add a config\.json, or give numAttentionHeads among the fields/,
  ],
  [
    'a grid that is not square',
    changedShapes((shapes) => {
      shapes.set('pos_embed', { shape: [1, 13, 1536] });
    }),
    /imageSize: expected a pos_embed \[1, 1 \+ n², D\] of a square grid .*got \[1, 13, 1536\]/,
  ],
  ['positions', changedShapes((shapes) => shapes.delete('pos_embed')), /imageSize: .*got none/],
  ['patches', changedShapes((shapes) => shapes.delete('patch_embed.proj.weight')), /patchSize: .*got none/],
  ['a width', changedShapes((shapes) => shapes.delete('cls_token')), /hiddenSize: .*got none/],
  [
    'blocks',
    changedShapes(
      (shapes) =>
        shapes.delete('blocks.1.attn.qkv.weight') &&
        shapes.forEach((_, name) => {
          if (name.startsWith('blocks.1.')) shapes.delete(name);
        }),
    ),
    /numHiddenLayers: .*got 39 without number 1/,
  ],
  [
    'a ratio',
    changedShapes((shapes) => {
      shapes.set('blocks.0.mlp.w12.weight', { shape: [2 * 4097, 1536] });
    }),
    /mlpRatio: expected a hidden size that is a multiple of 8.*got 4097/,
  ],
  [
    'labels in their billions',
    changedShapes((shapes) => {
      shapes.set('head.weight', { shape: [2 ** 31, 0] });
    }),
    /num_labels: expected an integer from 0 to 1000000/,
  ],
])('says which field it can not infer: %s', (_, shapes, message) => {
  expect(() => inferConfig(shapes, 'here')).toThrow(message);
});

test.each([
  [2, 1],
  [5, 4],
  [1, 1],
])('a head %d times as wide as the model reads %d layers', (times, layers) => {
  const shapes = changedShapes((all) => {
    all.set('head.weight', { shape: [1000, times * 1536] });
  });
  expect(inferConfig(shapes, 'here')).toMatchObject({ numLabels: 1000, numClassifierLayers: layers });
});

test('a field that is given need not be inferred', () => {
  const shapes = changedShapes((all) => {
    all.set('pos_embed', { shape: [1, 13, 1536] });
  });
  const config = inferConfig(shapes, 'here', { imageSize: [42, 56], positionInterpolation: 'original' });
  expect(config).toMatchObject({ imageSize: [42, 56], positionInterpolation: 'original', patchSize: 14 });
});

test('of ratios that give the hidden size the plainest is taken', () => {
  const shapes = changedShapes((all) => {
    all.set('cls_token', { shape: [1, 1, 64] });
    all.set('blocks.0.mlp.w12.weight', { shape: [2 * 112, 64] });
  });
  expect(inferConfig(shapes, 'here', { numAttentionHeads: 1 }).mlpRatio).toBe(2.5);
});

test('patches that are not square give an image that is not', () => {
  const shapes = changedShapes((all) => {
    all.set('patch_embed.proj.weight', { shape: [1536, 3, 14, 7] });
    all.set('pos_embed', { shape: [1, 1 + 9, 1536] });
  });
  expect(inferConfig(shapes, 'here')).toMatchObject({ patchSize: [14, 7], imageSize: [42, 21] });
});

test('one register makes a model with registers', () => {
  const shapes = changedShapes((all) => {
    all.set('register_tokens', { shape: [1, 1, 1536] });
  });
  expect(inferConfig(shapes, 'here')).toMatchObject({
    modelType: 'dinov2_with_registers',
    numRegisterTokens: 1,
  });
});

test('rows that are no queries, keys and values leave the heads to the width', () => {
  const shapes = changedShapes((all) => {
    all.set('blocks.0.attn.qkv.weight', { shape: [4000, 1536] });
  });
  expect(inferConfig(shapes, 'here').numAttentionHeads).toBe(24);
});

test('without blocks biases are as published', () => {
  const shapes = new Map([...changedShapes(() => undefined)].filter(([name]) => !name.startsWith('blocks.')));
  expect(inferConfig(shapes, 'here')).toMatchObject({ numHiddenLayers: 0, qkvBias: true });
});

test('a ratio that is given need not fit', () => {
  const shapes = changedShapes((all) => {
    all.set('blocks.0.mlp.w12.weight', { shape: [2 * 4097, 1536] });
  });
  expect(inferConfig(shapes, 'here', { mlpRatio: 4 }).mlpRatio).toBe(4);
});

test('a head of a width that is no multiple of the model says nothing of layers', () => {
  const shapes = changedShapes((all) => {
    all.set('head.weight', { shape: [10, 1536 * 2.5] });
  });
  expect(inferConfig(shapes, 'here')).toMatchObject({ numLabels: 10, numClassifierLayers: 1 });
});
