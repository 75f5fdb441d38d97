/** Adapters of peft: what models compute with them, their gradients, merging, and how new ones start. */
import { type Tensor, tensor, type tensor4d } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { Dinov2ForImageClassification } from '../lib/families/dinov2/dinov2-for-image-classification.ts';
import { valueAndGradients } from '../lib/gradients/value-and-gradients.ts';
import { compareValues } from '../lib/parity/compare.ts';
import { addLora } from '../lib/training/lora/add-lora.ts';
import { loadLora } from '../lib/training/lora/load-lora.ts';
import type { LoraAdapters } from '../lib/training/lora/lora-adapters.ts';
import type { LoraOptions } from '../lib/training/lora/lora-options.ts';
import { openRepository } from '../sources/open-repository.ts';
import { openCheckpoint } from '../weights/open-checkpoint.ts';
import { exactValues } from '../weights/widen.ts';
import { FIXTURES } from './testing/references.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

type Values = Map<string, { shape: readonly number[]; values: Float32Array | Float64Array }>;

/** What peft computed, and how far its gradients in float32 are from those in float64. */
interface LoraReference {
  values: Values;
  float32Error: number;
}

const CASES: readonly (readonly [name: string, model: string, options: LoraOptions])[] = [
  ['attention', 'mlp', { r: 4 }],
  ['mlp', 'mlp', { r: 2, targets: ['o_proj', 'fc1', 'fc2'] }],
  ['rslora-all-linear', 'swiglu', { r: 3, targets: 'all-linear' }],
  ['registers', 'registers', { r: 2, targets: ['k_proj', 'fc2'] }],
];

async function reference(name: string): Promise<LoraReference> {
  const file = await openCheckpoint(await openRepository(`${FIXTURES}lora/${name}/reference.safetensors`));
  const values: Values = new Map();
  for (const [key, { shape, dtype }] of file.tensors) {
    values.set(key, { shape, values: exactValues(await file.read(key), dtype) });
  }
  await file.close();
  return { values, float32Error: Number(file.metadata.float32_error) };
}

function load(model: string): Promise<Dinov2ForImageClassification> {
  return Dinov2ForImageClassification.fromPretrained(`${FIXTURES}gradients/models/${model}`);
}

function uploaded(values: Values, name: string, dtype: 'float32' | 'int32' = 'float32'): Tensor {
  const found = values.get(name);
  return tensor(Float32Array.from(found?.values ?? []), [...(found?.shape ?? [])], dtype);
}

/** The largest difference from a tensor of a reference. */
function error(values: Values, name: string, actual: ArrayLike<number>): number {
  return compareValues(name, actual, values.get(name)?.values ?? [], 0).maxAbs;
}

/** Our name of a tensor of an adapter's file. */
function ours(name: string, adapters: LoraAdapters): string {
  const [, path, matrix] = /^base_model\.model\.(.+)\.lora_([AB])\.weight$/.exec(name) ?? [];
  const module = adapters.forms.map((form) => form.module).find((each) => each.path === path);
  return module === undefined
    ? name.replace('base_model.model.classifier', 'head')
    : `${module.name}.${matrix}`;
}

test.each(CASES)('%s', async (name, base) => {
  const { values, float32Error } = await reference(name);
  using model = await load(base);
  const adapters = await loadLora(model, `${FIXTURES}lora/${name}`);
  const pixels = uploaded(values, 'pixel_values') as ReturnType<typeof tensor4d>;
  const labels = uploaded(values, 'labels', 'int32');
  const { loss, output, gradients } = await valueAndGradients(model, pixels, { labels });
  const logits = (): Float32Array => {
    using forward = model.forward(pixels);
    return forward.logits.dataSync<'float32'>();
  };
  try {
    expect(error(values, 'logits', logits())).toBeLessThanOrEqual(1e-6);
    expect(error(values, 'loss', loss.dataSync())).toBeLessThanOrEqual(1e-6);
    const asked = [...values.keys()].filter((key) => key.startsWith('gradients.'));
    expect(new Set(asked.map((key) => ours(key.slice('gradients.'.length), adapters)))).toEqual(
      new Set(gradients.keys()),
    );
    const largest = Math.max(
      1,
      ...asked.flatMap((key) => [...(values.get(key)?.values ?? [])].map(Math.abs)),
    );
    for (const key of asked) {
      const gradient = gradients.get(ours(key.slice('gradients.'.length), adapters));
      expect(error(values, key, gradient?.dataSync() ?? [])).toBeLessThanOrEqual(
        Math.max(3 * float32Error, 1e-6 * largest),
      );
    }
    await adapters.merge();
    expect(error(values, 'merged_logits', logits())).toBeLessThanOrEqual(1e-6);
    using whole = await load(base);
    expect([...model.parameters.keys()]).toEqual([...whole.parameters.keys()]);
    const query = [...values].find(([key]) => /^merged\..*q_proj/.test(key))?.[1].values ?? [];
    const packed = model.parameters.get('blocks.0.attn.qkv.weight')?.dataSync();
    expect(packed?.slice(0, query.length)).toEqual(query);
  } finally {
    for (const each of [pixels, labels, loss, ...gradients.values()]) each.dispose();
    output.dispose();
  }
});

test.each(CASES)(
  'new ones begin as those of peft after torch.manual_seed: %s',
  async (name, base, options) => {
    const { values } = await reference(name);
    using model = await load(base);
    const adapters = addLora(model, { ...options, seed: 7 });
    const initial = [...values].filter(([key]) => key.startsWith('initial.'));
    expect(initial).toHaveLength(adapters.forms.length);
    for (const [key, { values: theirs }] of initial) {
      const parameter = model.parameters.get(ours(key.slice('initial.'.length), adapters));
      expect(parameter?.dataSync()).toEqual(theirs);
    }
  },
);

test('names of transformers 4 are read as those of 5', async () => {
  const { values } = await reference('attention');
  using model = await load('mlp');
  await loadLora(model, `${FIXTURES}lora/transformers-4`);
  const pixels = uploaded(values, 'pixel_values') as ReturnType<typeof tensor4d>;
  using output = model.forward(pixels);
  expect(error(values, 'logits', output.logits.dataSync())).toBeLessThanOrEqual(1e-6);
  pixels.dispose();
});
