/** Adapters on a model; that they compute what peft's do is for `conformance/lora.test.ts`. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispose, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../../backends/devices.ts';
import { trace } from '../../../graph/tracing/trace.ts';
import type { PixelValues } from '../../../images/pixel-values.ts';
import type { FilesInMemory } from '../../../sources/repository.ts';
import { noise } from '../../../testing/noise.ts';
import { Dinov2Config } from '../../families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from '../../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import { valueAndGradients } from '../../gradients/value-and-gradients.ts';
import { pretrainedFiles } from '../../saving/save-pretrained.ts';
import { estimateTraining } from '../estimate.ts';
import { SGD } from '../sgd.ts';
import { PROCESSOR, patches, smallClassifier } from '../testing/small-training.ts';
import { addLora } from './add-lora.ts';
import { loadLora } from './load-lora.ts';
import { loraFiles, saveLora } from './lora-files.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

const CONFIG = new Dinov2Config({
  ...{ hiddenSize: 12, numHiddenLayers: 2, numAttentionHeads: 3, imageSize: 8, patchSize: 4, numLabels: 3 },
  ...{ mlpRatio: 2, useSwigluFfn: true, initializerRange: 0.2 },
});

function load(fields: object = {}): Promise<Dinov2ForImageClassification> {
  return Dinov2ForImageClassification.fromConfig(CONFIG.with(fields), { seed: 1 });
}

const PIXELS: PixelValues = { data: noise(2 * 3 * 64, 1), shape: [2, 3, 8, 8] };

function logitsOf(model: Dinov2ForImageClassification): Float32Array {
  using output = model.forward(PIXELS);
  return output.logits.dataSync<'float32'>();
}

/** Some steps of learning, after which the adapters do something. */
async function learn(model: Dinov2ForImageClassification, steps = 2): Promise<void> {
  const labels = tensor1d([0, 2], 'int32');
  const optimiser = new SGD(model.parameters, {
    momentum: 0,
    weightDecay: 0,
    decays: () => false,
    rate: () => 1,
  });
  for (let i = 0; i < steps; i++) {
    const { loss, output, gradients } = await valueAndGradients(model, PIXELS, { labels });
    optimiser.step(gradients, 0.5);
    loss.dispose();
    output.dispose();
    for (const gradient of gradients.values()) gradient.dispose();
  }
  optimiser.dispose();
  labels.dispose();
}

test('nothing changes until they are trained, then only they and the head do', async () => {
  using model = await load();
  const before = logitsOf(model);
  const frozen = model.parameters.get('blocks.0.attn.qkv.weight')?.dataSync().slice();
  const adapters = addLora(model, { r: 2, targets: 'all-linear' });
  expect(logitsOf(model)).toEqual(before);
  expect(model.trainableNames).toEqual(
    expect.arrayContaining(['head.weight', 'lora.blocks.1.mlp.gate_proj.B']),
  );
  expect(adapters.names).toHaveLength(2 * 2 * 7 + 2);
  await learn(model);
  expect(logitsOf(model)).not.toEqual(before);
  expect(model.parameters.get('blocks.0.attn.qkv.weight')?.dataSync()).toEqual(frozen);
});

test('what was trained before is trained again once they are off', async () => {
  using model = await load();
  model.trainable('last 1');
  const [before, names] = [logitsOf(model), model.trainableNames];
  const adapters = addLora(model);
  model.trainable(['lora']);
  await learn(model);
  adapters.remove();
  expect(logitsOf(model)).toEqual(before);
  expect(model.trainableNames).toEqual(names);
  expect(() => adapters.remove()).toThrow(/expected adapters that are on a model/);
});

test('saved, they are put on another model, and trained further', async () => {
  using model = await load();
  const adapters = addLora(model, {
    r: 2,
    alpha: 4,
    rslora: true,
    targets: ['q_proj', '1.mlp.up_proj', 'down_proj'],
  });
  await learn(model);
  const files: FilesInMemory = await loraFiles(adapters);
  using other = await load();
  const loaded = await loadLora(other, files);
  expect(logitsOf(other)).toEqual(logitsOf(model));
  expect(await loraFiles(loaded)).toEqual(files);
  const config = JSON.parse(new TextDecoder().decode(files['adapter_config.json'] as Uint8Array));
  expect(config).toMatchObject({
    ...{ peft_type: 'LORA', r: 2, lora_alpha: 4, use_rslora: true, modules_to_save: ['classifier'] },
    target_modules: ['dinov2.encoder.layer.1.mlp.up_proj', 'down_proj', 'q_proj'],
  });
  await learn(other, 1);
  expect(logitsOf(other)).not.toEqual(logitsOf(model));
});

test('a folder of them appears whole, and is replaced only if that is asked for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-lora-'));
  try {
    using model = await load();
    const adapters = addLora(model);
    await saveLora(adapters, join(folder, 'adapter'));
    expect(readdirSync(join(folder, 'adapter')).sort()).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
    ]);
    await expect(saveLora(adapters, join(folder, 'adapter'))).rejects.toThrow(
      /expected nothing of this name/,
    );
    await saveLora(adapters, join(folder, 'adapter'), { overwrite: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('merged, a model is one as before that computes the same', async () => {
  using model = await load();
  const adapters = addLora(model, { r: 3, targets: 'all-linear' });
  await learn(model);
  const before = logitsOf(model);
  await adapters.merge();
  const after = logitsOf(model);
  for (const [i, value] of after.entries()) expect(value).toBeCloseTo(before[i] ?? Number.NaN, 5);
  using again = await Dinov2ForImageClassification.fromPretrained(await pretrainedFiles(model));
  expect(logitsOf(again)).toEqual(after);
});

test('a graph of the model has them', async () => {
  using model = await load();
  addLora(model, { targets: 'all-linear' });
  await learn(model);
  const pixels = tensor4d(PIXELS.data, [...PIXELS.shape]);
  const graph = await trace(model, { shape: PIXELS.shape });
  const outputs = await graph.run({ pixel_values: pixels });
  const ours = logitsOf(model);
  for (const [i, value] of (outputs.logits?.dataSync() ?? []).entries()) {
    expect(value).toBeCloseTo(ours[i] ?? Number.NaN, 5);
  }
  dispose([pixels, outputs]);
});

test('they are trained on weights in 8 bits, which they are not merged into', async () => {
  using exact = await load();
  using model = await Dinov2ForImageClassification.fromPretrained(await pretrainedFiles(exact), {
    precision: 'i8',
  });
  const adapters = addLora(model);
  await learn(model);
  await expect(adapters.merge()).rejects.toThrow(
    /expected weights in float32, got blocks\.0\.attn\.qkv\.weight in i8/,
  );
  expect(Object.keys(await loraFiles(adapters))).toHaveLength(2);
});

test('gate and up of SwiGLU are one layer in transformers 4', async () => {
  using model = await load();
  const adapters = addLora(model, { r: 2, targets: ['weights_in'] });
  const names = adapters.forms.map(({ module }) => module.path);
  expect(names.slice(0, 2)).toEqual([
    'dinov2.encoder.layer.0.mlp.gate_proj',
    'dinov2.encoder.layer.0.mlp.up_proj',
  ]);
});

test('a model without a head has them too', async () => {
  using model = await Dinov2Model.fromConfig(CONFIG, { seed: 1 });
  const adapters = addLora(model, { targets: ['0.attention.k_proj'] });
  expect(adapters.names).toEqual(['lora.blocks.0.attn.k_proj.A', 'lora.blocks.0.attn.k_proj.B']);
});

test('a model with adapters is not saved as if it had none', async () => {
  using model = await load();
  addLora(model);
  await expect(pretrainedFiles(model)).rejects.toThrow(
    /got one with lora\.blocks\.0\.attn\.q_proj\.A; merge/,
  );
});

test.each<[string, object, RegExp]>([
  [
    'no such layer',
    { targets: ['qkv'] },
    /targets: expected ends of the names of modules, such as q_proj, .*got "qkv"/,
  ],
  ['no layer', { targets: [] }, /targets: expected ends/],
  ['a rank of 0', { r: 0 }, /r must be a positive integer/],
  ['an option that is none', { rank: 4 }, /rank/],
])('refuses %s', async (_, options, message) => {
  using model = await load();
  expect(() => addLora(model, options)).toThrow(message);
});

test('an estimate of what training takes leaves none behind', async () => {
  using model = await smallClassifier(1);
  const { trainedParameters } = await estimateTraining(model, patches(3), {
    ...{ trainable: 'lora', lora: { r: 2, targets: ['fc1'] }, processor: PROCESSOR },
  });
  // A [2, 12] and B [24, 2] of two blocks, and a head of [3, 24] and 3
  expect(trainedParameters).toBe(2 * (2 * 12 + 24 * 2) + 3 * 24 + 3);
  expect([...model.parameters.keys()].filter((name) => name.startsWith('lora.'))).toEqual([]);
});

test('refuses a second set', async () => {
  using model = await load();
  addLora(model);
  expect(() => addLora(model)).toThrow(/expected a model without adapters/);
});

test.each<[string, (config: Record<string, unknown>) => void, RegExp]>([
  [
    'DoRA',
    (config) => {
      config.use_dora = true;
    },
    /expected plain low-rank adapters, got use_dora true/,
  ],
  [
    'another method',
    (config) => {
      config.peft_type = 'IA3';
    },
    /expected adapters with peft_type LORA, got peft_type "IA3"/,
  ],
  [
    'a rank that is no number',
    (config) => {
      config.r = 'eight';
    },
    /r: expected a number, got "eight"/,
  ],
])('refuses files of %s', async (_, change, message) => {
  using model = await load();
  const files = await loraFiles(addLora(model));
  const config = JSON.parse(new TextDecoder().decode(files['adapter_config.json']));
  change(config);
  using other = await load();
  const changed = { ...files, 'adapter_config.json': new TextEncoder().encode(JSON.stringify(config)) };
  await expect(loadLora(other, changed)).rejects.toThrow(message);
});

test('refuses adapters of a model of another size, and leaves the model as it is', async () => {
  using model = await load();
  const files = await loraFiles(addLora(model));
  using wider = await load({ hiddenSize: 24 });
  await expect(loadLora(wider, files)).rejects.toThrow(
    /expected adapters of linear layers .* got base_model\.model\.dinov2/,
  );
  using labels = await load({ numLabels: 5 });
  await expect(loadLora(labels, files)).rejects.toThrow(/got base_model\.model\.classifier\.weight/);
  expect([...labels.parameters.keys()].filter((name) => name.startsWith('lora.'))).toEqual([]);
});
