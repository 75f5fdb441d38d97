/** Models on ONNX Runtime itself, in its WebAssembly build. */
import { tensor2d } from '@tensorflow/tfjs-core';
import * as runtime from 'onnxruntime-web';
import '../../graph/testing/baseline-wasm.ts';
import { setDevice } from '../../backends/devices.ts';
import { AutoImageProcessor } from '../../images/image-processor.ts';
import { Dinov2Backbone } from '../../lib/families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../../lib/families/dinov2/dinov2-for-image-classification.ts';
import { readReference } from '../../lib/parity/reference.ts';
import { verifyReference } from '../../lib/parity/verify.ts';
import { classify } from '../../lib/tasks/classify.ts';
import { embed } from '../../lib/tasks/embed.ts';
import { SMALL, waves, withSmallModel } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

beforeAll(() => setDevice('simd', { threads: 1 }));

test('every output is the model’s own, within rounding', () =>
  withSmallModel(async (model) => {
    await using compiled = await model.compile({ runtime, threads: 1 });
    const boolMaskedPos = tensor2d(
      Array.from({ length: 32 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
      [2, 16],
      'bool',
    );
    for (const options of [{ outputHiddenStates: true, outputAttentions: true }, { boolMaskedPos }]) {
      using output = await compiled.forward(waves([2, 3, 16, 16]), options);
      using expected = model.forward(waves([2, 3, 16, 16]), options);
      expect(output.tensors.map(({ shape }) => shape)).toEqual(expected.tensors.map(({ shape }) => shape));
      for (const [i, tensor] of expected.tensors.entries()) {
        const actual = output.tensors[i]?.dataSync() ?? [];
        expect(relativeDifference(actual, tensor.dataSync())).toBeLessThan(1e-5);
      }
    }
    boolMaskedPos.dispose();
  }));

test('a backbone too', async () => {
  using model = await Dinov2Backbone.fromConfig(SMALL.with({ outFeatures: ['stage1', 'stage2'] }), {
    seed: 4,
  });
  await using compiled = await model.compile({ runtime, threads: 1 });
  using output = await compiled.forward(waves([1, 3, 16, 20]));
  using expected = model.forward(waves([1, 3, 16, 20]));
  for (const [i, map] of expected.featureMaps.entries()) {
    expect(relativeDifference(output.featureMaps[i]?.dataSync() ?? [], map.dataSync())).toBeLessThan(1e-5);
  }
});

test('tasks take a compiled model in the model’s place', async () => {
  const source = `${ROOT}models/digits`;
  using model = await Dinov2ForImageClassification.fromPretrained(source);
  await using compiled = await model.compile({ runtime, threads: 1 });
  const reference = await readReference(`${ROOT}conformance/fixtures/digits.safetensors`);
  const processor = await AutoImageProcessor.fromPretrained(source);
  const rows = await verifyReference(compiled, reference, {
    atol: 2e-5,
    preprocess: async (files) => (await processor.preprocess([...files])).pixelValues,
  });
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.filter(({ pass }) => !pass)).toEqual([]);

  const { pixelValues } = await processor.preprocess(reference.imageFiles);
  const found = await classify(compiled, pixelValues, { topK: 1 });
  const wanted = await classify(model, pixelValues, { topK: 1 });
  expect(found.map(([best]) => best?.label)).toEqual(wanted.map(([best]) => best?.label));
});

test.each(['cls', 'mean', 'cls+mean'] as const)('embeddings pooled by %s', (pool) =>
  withSmallModel(async (model) => {
    await using compiled = await model.compile({ runtime, threads: 1 });
    const pixels = waves([2, 3, 16, 16]);
    const vectors = await embed(compiled, pixels, { pool, normalize: true });
    const expected = await embed(model, pixels, { pool, normalize: true });
    expect(vectors).toHaveLength(2);
    for (const [i, vector] of expected.entries()) {
      expect(relativeDifference(vectors[i] ?? [], vector)).toBeLessThan(1e-5);
    }
  }),
);
