/** Tracing models: which inputs and outputs a graph has, and that it computes what the model does. */
import { dispose, memory, type Tensor, tensor, tensor2d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, ShapeError, TraceError } from '../../errors/errors.ts';
import { type TraceOptions, trace } from '../../graph/tracing/trace.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { Dinov2Backbone } from '../../lib/families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../../lib/families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves, withSmallModel } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

/** Relative to the largest value; folding moves roundings. */
const TOLERANCE = 1e-5;

beforeAll(() => setDevice('simd', { threads: 1 }));

function close(actual: Tensor | undefined, expected: Tensor | undefined): void {
  expect(actual?.shape).toEqual(expected?.shape);
  expect(relativeDifference(actual?.dataSync() ?? [], expected?.dataSync() ?? [])).toBeLessThan(TOLERANCE);
}

function pixelTensor({ data, shape }: PixelValues): Tensor {
  return tensor(data, [...shape]);
}

test('one graph computes what the model does, for batches of every size', () =>
  withSmallModel(async (model) => {
    const graph = await trace(model, { shape: [1, 3, 16, 16] });
    expect(graph.hasFreeBatch).toBe(true);
    expect(graph.inputNames).toEqual(['pixel_values']);
    expect(graph.outputNames).toEqual(['last_hidden_state', 'pooler_output']);
    for (const B of [1, 3]) {
      const pixels = waves([B, 3, 16, 16]);
      const pixel_values = pixelTensor(pixels);
      const results = await graph.run({ pixel_values });
      using eager = model.forward(pixels);
      close(results.last_hidden_state, eager.lastHiddenState);
      close(results.pooler_output, eager.poolerOutput);
      dispose([pixel_values, results]);
    }
  }));

test('what an image processor returns is taken as it is', () =>
  withSmallModel(async (model) => {
    const graph = await trace(model, { shape: [1, 3, 16, 16] });
    const pixelValues = waves([2, 3, 16, 16]);
    using eager = model.forward(pixelValues);
    const before = memory().numTensors;
    const results = await graph.run({ pixel_values: pixelValues });
    close(results.last_hidden_state, eager.lastHiddenState);
    dispose(results);
    expect(memory().numTensors).toBe(before);
  }));

test('a fixed batch is the only one that the graph takes', () =>
  withSmallModel(async (model) => {
    const graph = await trace(model, { shape: [2, 3, 16, 16] }, { batch: 'fixed' });
    expect(graph.hasFreeBatch).toBe(false);
    expect(graph.graph.inputs.map(({ shape }) => shape)).toEqual([[2, 3, 16, 16]]);
    const two = pixelTensor(waves([2, 3, 16, 16]));
    const results = await graph.run({ pixel_values: two });
    expect(results.pooler_output?.shape).toEqual([2, 16]);
    const three = pixelTensor(waves([3, 3, 16, 16]));
    await expect(graph.run({ pixel_values: three })).rejects.toThrow(
      /pixel_values, axis 0: expected a length of 2, got 3/,
    );
    dispose([two, three, results]);
  }));

test('a graph outlives the positions that the model keeps for a while', () =>
  withSmallModel(async (model) => {
    const pixels = waves([1, 3, 20, 24]);
    using eager = model.forward(pixels);
    const graph = await trace(model, pixels);
    for (const H of [24, 28, 32, 36]) model.forward(waves([1, 3, H, 16])).dispose();
    const pixel_values = pixelTensor(pixels);
    const results = await graph.run({ pixel_values });
    close(results.last_hidden_state, eager.lastHiddenState);
    dispose([pixel_values, results]);
  }));

test('an example may be a tensor, pixel values, or a shape alone: its values do not count', () =>
  withSmallModel(async (model) => {
    const blank = zeros([1, 3, 16, 16]);
    const pixel_values = pixelTensor(waves([1, 3, 16, 16]));
    const outputs: unknown[] = [];
    for (const example of [blank, waves([1, 3, 16, 16]), { shape: [1, 3, 16, 16] }]) {
      const results = await (await trace(model, example)).run({ pixel_values });
      outputs.push(results.pooler_output?.dataSync());
      dispose(results);
    }
    expect(outputs[1]).toEqual(outputs[0]);
    expect(outputs[2]).toEqual(outputs[0]);
    dispose([blank, pixel_values]);
  }));

test('only the outputs that are asked for are computed, in the order asked for', () =>
  withSmallModel(async (model) => {
    const example = { shape: [1, 3, 16, 16] };
    const outputs = ['attentions.1', 'pooler_output', 'hidden_states.1'];
    const graph = await trace(model, example, { outputs });
    expect(graph.outputNames).toEqual(outputs);
    const pixels = waves([2, 3, 16, 16]);
    const pixel_values = pixelTensor(pixels);
    const results = await graph.run({ pixel_values });
    using eager = model.forward(pixels, { outputHiddenStates: true, outputAttentions: true });
    close(results['attentions.1'], eager.attentions?.[1]);
    close(results.pooler_output, eager.poolerOutput);
    close(results['hidden_states.1'], eager.hiddenStates?.[1]);
    dispose([pixel_values, results]);

    const cls = (await trace(model, example, { outputs: ['pooler_output'] })).summary();
    const all = (await trace(model, example)).summary();
    // the last block's products after its keys and values, for 19 tokens less
    expect(all.flops - cls.flops).toBe(2 * 19 * (2 * 16 * 64 + 16 * 16 + 2 * 20 * 16));
  }));

test('hidden states by index, from the end too, and those of the configuration, are outputs', () =>
  withSmallModel(async (model) => {
    const names = async (options: TraceOptions): Promise<string[]> =>
      (await trace(model, { shape: [1, 3, 16, 16] }, options)).outputNames.slice(2);
    expect(await names({ outputHiddenStates: [-1, 0] })).toEqual(['hidden_states.2', 'hidden_states.0']);
    expect(await names({ outputHiddenStates: true })).toHaveLength(3);
    expect(await names({ outputAttentions: true })).toEqual(['attentions.0', 'attentions.1']);
    using own = await Dinov2Model.fromConfig(SMALL.with({ outputHiddenStates: true }));
    const graph = await trace(own, { shape: [1, 3, 16, 16] });
    expect(graph.outputNames.slice(2)).toEqual(['hidden_states.0', 'hidden_states.1', 'hidden_states.2']);
  }));

test('classifiers give logits, backbones their stages', async () => {
  using classifier = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 4 }));
  expect((await trace(classifier, { shape: [1, 3, 16, 16] })).outputNames).toEqual(['logits']);
  using backbone = await Dinov2Backbone.fromConfig(SMALL.with({ outFeatures: ['stage1', 'stage2'] }));
  expect((await trace(backbone, { shape: [1, 3, 16, 16] })).outputNames).toEqual([
    'feature_maps.stage1',
    'feature_maps.stage2',
  ]);
});

test('masks are inputs where an example of them is given', () =>
  withSmallModel(async (model) => {
    const pixels = waves([2, 3, 16, 16]);
    const boolMaskedPos = tensor2d(
      Array.from({ length: 32 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
      [2, 16],
      'bool',
    );
    const tokens = tensor2d(
      Array.from({ length: 40 }, (_, i) => (i % 20 < 12 ? 1 : 0)),
      [2, 20],
    );
    const added = tensor4d(
      Array.from({ length: 400 }, (_, i) => (i % 7) / 7),
      [1, 1, 20, 20],
    );
    const pixel_values = pixelTensor(pixels);
    for (const attentionMask of [tokens, added]) {
      const graph = await trace(model, pixels, { boolMaskedPos, attentionMask });
      expect(graph.inputNames).toEqual(['pixel_values', 'bool_masked_pos', 'attention_mask']);
      const results = await graph.run({
        pixel_values,
        bool_masked_pos: boolMaskedPos,
        attention_mask: attentionMask,
      });
      using eager = model.forward(pixels, { boolMaskedPos, attentionMask });
      close(results.last_hidden_state, eager.lastHiddenState);
      dispose(results);
    }
    dispose([boolMaskedPos, tokens, added, pixel_values]);
  }));

test.each([
  ['as published', {}],
  ['without normalising', { doNormalize: false }],
  ['without rescaling', { doRescale: false }],
])('a graph that begins at bytes gives what preprocessing by hand gives: %s', (_, settings) =>
  withSmallModel(async (model) => {
    const { config } = new BitImageProcessor();
    const size = { height: 16, width: 16 };
    const processor = new BitImageProcessor({
      ...config,
      size: { kind: 'exact', ...size },
      cropSize: size,
      ...settings,
    });
    const image = {
      width: 16,
      height: 16,
      channels: 3 as const,
      data: Uint8Array.from({ length: 768 }, (__, i) => (i * 37) % 256),
    };
    const graph = await trace(model, { shape: [1, 3, 16, 16] }, { processor });
    expect(graph.inputNames).toEqual(['pixels']);
    expect([...graph.byteInputs]).toEqual(['pixels']);
    const { pixels } = await processor.resizeAndCrop([image, image]);
    const bytes = tensor(Float32Array.from(pixels.data), [...pixels.shape]);
    const results = await graph.run({ pixels: bytes });
    const { pixelValues } = await processor.preprocess([image, image]);
    using eager = model.forward(pixelValues);
    close(results.last_hidden_state, eager.lastHiddenState);
    const before = memory().numTensors;
    const fromArrays = await graph.run({ pixels });
    close(fromArrays.last_hidden_state, eager.lastHiddenState);
    dispose(fromArrays);
    expect(memory().numTensors).toBe(before);
    dispose([bytes, results]);
  }),
);

test('a graph of a model that was disposed of says so when it is run', async () => {
  const model = await Dinov2Model.fromConfig(SMALL);
  const graph = await trace(model, { shape: [1, 3, 16, 16] });
  model.dispose();
  const pixel_values = pixelTensor(waves([1, 3, 16, 16]));
  const attempt = graph.run({ pixel_values });
  await expect(attempt).rejects.toThrow(TraceError);
  await expect(attempt).rejects.toThrow(/disposed of; keep the model until its graph has been exported/);
  await expect(trace(model, { shape: [1, 3, 16, 16] })).rejects.toThrow(/must come before dispose\(\)/);
  pixel_values.dispose();
});

test('tracing leaves the backend, and the model, as they were', () =>
  withSmallModel(async (model) => {
    const name = await setDevice('simd', { threads: 1 });
    using before = model.forward(waves([1, 3, 16, 16]));
    await trace(model, { shape: [1, 3, 16, 16] });
    await expect(trace(model, { shape: [1, 4, 16, 16] })).rejects.toThrow(ShapeError);
    expect(await setDevice('simd', { threads: 1 })).toBe(name);
    using after = model.forward(waves([1, 3, 16, 16]));
    expect(after.lastHiddenState.dataSync()).toEqual(before.lastHiddenState.dataSync());
  }));

test.each<[unknown, object, new (message: string) => Error, RegExp]>([
  [{ shape: [3, 16, 16] }, {}, ShapeError, /expected pixel values \[B, C, H, W\], got \[3, 16, 16\]/],
  [{ shape: [1, 3, 16, 0] }, {}, ShapeError, /expected pixel_values to be something with a shape/],
  [undefined, {}, ShapeError, /expected pixel_values to be something with a shape, got undefined/],
  [{ shape: [1, 3, 16, 16], dtype: 'string' }, {}, ShapeError, /float32, int32 or bool, got "string"/],
  [{ shape: [1, 3, 2, 16] }, {}, ShapeError, /at least one patch of 4×4 pixels/],
  [{ shape: [1, 16, 16, 3] }, {}, ShapeError, /expected 3 channels/],
  [{}, { attentionVisitor: 1 }, OptionError, /trace: expected options among .*, got attentionVisitor/],
  [{}, { output: ['logits'] }, OptionError, /trace: expected options among .*, got output; write outputs$/],
  [{}, { batch: 'any' }, OptionError, /expected batch to be free or fixed, got "any"/],
  [{}, { outputs: ['logits'] }, OptionError, /outputs among last_hidden_state, pooler_output, got "logits"/],
  [{}, { outputs: [] }, OptionError, /expected names of outputs, got an empty list/],
  [{}, { outputs: 'pooler_output' }, OptionError, /expected outputs to be a list of names/],
  [{}, { outputs: [null] }, OptionError, /expected outputs to be a list of names, got \[null\]/],
  [
    {},
    { outputs: ['toString'] },
    OptionError,
    /expected outputs among last_hidden_state, pooler_output, got "toString"/,
  ],
  [{}, { outputHiddenStates: 3 }, OptionError, /outputHiddenStates must be .* from -3 to 2, got 3/],
  [{}, { processor: {} }, OptionError, /expected processor to be an image processor/],
  [{}, { boolMaskedPos: { shape: [1, 15] } }, ShapeError, /boolMaskedPos must be .* got \[2, 15\]/],
  [{}, { boolMaskedPos: { shape: [1, 16], dtype: 'int32' } }, ShapeError, /must be bool, got int32/],
  [{}, { attentionMask: { shape: [1, 16] } }, ShapeError, /attentionMask must be/],
])('refuses %j with %j', (example, options, kind, message) =>
  withSmallModel(async (model) => {
    const shaped = JSON.stringify(example) === '{}' ? { shape: [1, 3, 16, 16] } : example;
    const attempt = trace(model, shaped as { shape: number[] }, options);
    await expect(attempt).rejects.toThrow(kind);
    await expect(attempt).rejects.toThrow(message);
  }),
);

test('refuses what is neither a model nor a function', async () => {
  const wrong: object = { forward: 1 };
  await expect(trace(wrong as never, { shape: [1] })).rejects.toThrow(
    /trace: expected a model or a function, got/,
  );
});
