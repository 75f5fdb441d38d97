import type { ModelSource } from '../../sources/model-source.ts';
import type { KeySchemeName } from '../../weights/key-schemes/key-scheme.ts';
import { fileOf, openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { inScheme, viewed } from '../families/dinov2/testing/mapped.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';

/** The weights of a tiny checkpoint under other names, and nothing else. */
async function converted(model: string, ...schemes: KeySchemeName[]): Promise<ModelSource> {
  let checkpoint = await openFixture(model);
  for (const to of schemes) checkpoint = inScheme(viewed(checkpoint).checkpoint, to).checkpoint;
  return { 'model.safetensors': fileOf(await tensorsOf(checkpoint)) };
}

/** The tokens of two images: one of the trained grid, and one that positions are resampled for. */
async function outputs(source: ModelSource): Promise<Float32Array[]> {
  using model = await Dinov2Model.fromPretrained(source, { fields: { numAttentionHeads: 3 } });
  const results: Float32Array[] = [];
  for (const [height, width] of [
    [24, 24],
    [20, 32],
  ] as const) {
    const data = Float32Array.from({ length: 3 * height * width }, (_, i) => Math.sin(i));
    using output = model.forward({ data, shape: [1, 3, height, width] });
    results.push(await readFloat32(output.lastHiddenState));
  }
  return results;
}

test.each(
  ['plain-mlp', 'plain-swiglu', 'registers-mlp', 'registers-swiglu'].flatMap((model) =>
    (
      [
        ['original'],
        ['hf5'],
        ['timm'],
        ['timm', 'hf'],
        ['original', 'timm', 'hf5', 'hf'],
      ] as KeySchemeName[][]
    ).map((schemes) => [model, schemes] as const),
  ),
)('%s computes the same by way of %p, without a config.json', async (model, schemes) => {
  expect(await outputs(await converted(model, ...schemes))).toEqual(await outputs(await converted(model)));
});
