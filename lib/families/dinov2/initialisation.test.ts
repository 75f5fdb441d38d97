import { SMALL } from '../../testing/small-model.ts';
import { Dinov2ForImageClassification } from './dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2-model.ts';

test('the same seed gives the same weights, another seed others', async () => {
  using first = await Dinov2Model.fromConfig(SMALL, { seed: 5 });
  using same = await Dinov2Model.fromConfig(SMALL, { seed: 5 });
  using other = await Dinov2Model.fromConfig(SMALL, { seed: 6 });
  const values = (model: Dinov2Model) => model.parameters.get('blocks.0.attn.qkv.weight')?.dataSync() ?? [];
  expect(values(first)).toEqual(values(same));
  expect(values(first)).not.toEqual(values(other));
  const deviation = Math.sqrt(
    [...values(first)].reduce((sum, value) => sum + value * value, 0) / values(first).length,
  );
  expect(deviation).toBeCloseTo(0.02, 2);
});

test('a new model starts as transformers starts one', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(
    SMALL.with({
      hiddenSize: 64,
      layerscaleValue: 0.5,
      initializerRange: 1.5,
      numLabels: 3,
      modelType: 'dinov2',
    }),
  );
  const constants: Record<string, number> = {
    'norm.weight': 1,
    'norm.bias': 0,
    'head.bias': 0,
    mask_token: 0,
    register_tokens: 0,
    'patch_embed.proj.bias': 0,
    'blocks.1.norm1.weight': 1,
    'blocks.1.norm2.weight': 1,
    'blocks.1.norm2.bias': 0,
    'blocks.1.attn.qkv.bias': 0,
    'blocks.1.ls1.gamma': 0.5,
    'blocks.1.ls2.gamma': 0.5,
  };
  for (const [name, value] of Object.entries(constants)) {
    expect([name, ...new Set(model.parameters.get(name)?.dataSync())]).toEqual([name, value]);
  }
  const matrices = [
    'patch_embed.proj.weight',
    'blocks.0.attn.qkv.weight',
    'blocks.1.attn.qkv.weight',
    'blocks.1.mlp.fc2.weight',
  ];
  const firsts = new Set<number>();
  for (const name of [...matrices, 'pos_embed']) {
    const values = Float32Array.from(model.parameters.get(name)?.dataSync() ?? []);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    // a normal distribution of deviation 1.5 that is cut at ±2 has a deviation of 1.02
    expect([name, Math.abs(mean) < 0.1, deviation > 0.96 && deviation < 1.09]).toEqual([name, true, true]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2);
    expect(new Set(values).size).toBeGreaterThan(0.99 * values.length);
    firsts.add(values[0] ?? 0);
  }
  expect(firsts.size).toBe(matrices.length + 1);
});

test('a model is built from a configuration, and from nothing that looks like one', async () => {
  const fields: object = { hiddenSize: 96 };
  const wrong = Dinov2Model.fromConfig as (config: object, options?: object) => Promise<unknown>;
  await expect(wrong(fields)).rejects.toThrow(
    /^Dinov2Model\.fromConfig: expected a Dinov2Config, got .*hiddenSize.*; use new Dinov2Config/,
  );
  await expect(wrong(SMALL, { sead: 3 })).rejects.toThrow(/expected options among seed, precision, got sead/);
});
