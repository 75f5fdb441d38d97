/** What compiled models give, whatever engine is behind them. */
import { dispose, tensor1d, tensor2d, tensor4d, zeros } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../graph/engines/testing/graph-engine.ts';
import { Dinov2Backbone } from '../../lib/families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../../lib/families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';
import { close, TOLERANCE, withCompiled } from './with-compiled.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

test('forward gives what the model gives, with every internal, and its warnings', () =>
  withCompiled(async (compiled, _, model) => {
    const pixels = waves([2, 3, 18, 16]);
    const options = { outputHiddenStates: true, outputAttentions: true };
    using output = await compiled.forward(pixels, options);
    using expected = model.forward(pixels, options);
    close(output, expected);
    expect(output.warnings).toEqual([expect.stringContaining('the last 2 rows and 0 columns')]);
    expect(compiled.config).toBe(model.config);
  }));

test('hidden states come in the order asked for, from the end too', () =>
  withCompiled(async (compiled, _, model) => {
    const pixels = waves([1, 3, 16, 16]);
    const options = { outputHiddenStates: [-1, 0] };
    using output = await compiled.forward(pixels, options);
    using expected = model.forward(pixels, options);
    close(output, expected);
    expect(output.hiddenStates).toHaveLength(2);
  }));

test('the internals that the configuration asks for are there', async () => {
  using model = await Dinov2Model.fromConfig(SMALL.with({ outputHiddenStates: true }), { seed: 3 });
  const compiled = new CompiledModel(model, new GraphEngine().engine, 2);
  const pixels = waves([1, 3, 16, 16]);
  using output = await compiled.forward(pixels);
  using expected = model.forward(pixels);
  expect(output.hiddenStates).toHaveLength(3);
  close(output, expected);
  using fewer = await compiled.forward(pixels, { outputHiddenStates: false });
  expect(fewer.hiddenStates).toBeUndefined();
  await compiled.dispose();
});

test('pixel values may be a tensor, which stays its owner’s', () =>
  withCompiled(async (compiled, engine, model) => {
    const pixels = waves([1, 3, 16, 16]);
    const given = tensor4d(pixels.data, [...pixels.shape]);
    using output = await compiled.forward(given);
    using expected = model.forward(pixels);
    close(output, expected);
    using again = await compiled.forward(pixels);
    expect(again.lastHiddenState.dataSync()).toEqual(output.lastHiddenState.dataSync());
    expect(engine.runs).toEqual([2]);
    given.dispose();
  }));

test('masked patches and masks of attention, of every kind', () =>
  withCompiled(async (compiled, engine, model) => {
    const pixels = waves([2, 3, 16, 16]);
    const kept = tensor2d(
      Array.from({ length: 40 }, (_, i) => (i % 20 < 12 ? 1 : 0)),
      [2, 20],
      'int32',
    );
    const added = tensor4d(
      Array.from({ length: 400 }, (_, i) => (i % 7) / 7),
      [1, 1, 20, 20],
    );
    const allowed = tensor4d(
      Array.from({ length: 800 }, (_, i) => (i % 3 === 0 ? 0 : 1)),
      [2, 1, 20, 20],
      'bool',
    );
    const boolMaskedPos = tensor2d(
      Array.from({ length: 32 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
      [2, 16],
      'bool',
    );
    for (const options of [
      { boolMaskedPos },
      { attentionMask: kept },
      { attentionMask: added },
      { attentionMask: allowed, boolMaskedPos },
    ]) {
      using output = await compiled.forward(pixels, options);
      using expected = model.forward(pixels, options);
      close(output, expected);
    }
    expect(engine.made).toHaveLength(4);
    dispose([kept, added, allowed, boolMaskedPos]);
  }, 4));

test('one mask for a batch of one, and for larger batches', () =>
  withCompiled(async (compiled, _, model) => {
    const attentionMask = tensor4d(
      Array.from({ length: 20 }, (__, i) => -i),
      [1, 1, 1, 20],
    );
    for (const B of [1, 3]) {
      const pixels = waves([B, 3, 16, 16]);
      using output = await compiled.forward(pixels, { attentionMask });
      using expected = model.forward(pixels, { attentionMask });
      close(output, expected);
    }
    attentionMask.dispose();
  }));

test('classifiers give logits, and the loss of labels', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 4 }), { seed: 2 });
  const engine = new GraphEngine();
  const compiled = new CompiledModel(model, engine.engine, 2);
  const pixels = waves([2, 3, 16, 16]);
  const labels = tensor1d([3, 1], 'int32');
  using output = await compiled.forward(pixels, { labels });
  using expected = model.forward(pixels, { labels });
  expect(expected.loss).toBeDefined();
  close(output, expected);
  using plain = await compiled.forward(pixels);
  expect(plain.loss).toBeUndefined();
  expect(engine.runs).toEqual([2]);
  labels.dispose();
  await compiled.dispose();
});

test('backbones give their maps, and have no masked patches', async () => {
  using model = await Dinov2Backbone.fromConfig(SMALL.with({ outFeatures: ['stage1', 'stage2'] }));
  const compiled = new CompiledModel(model, new GraphEngine().engine, 2);
  const pixels = waves([2, 3, 16, 20]);
  using output = await compiled.forward(pixels);
  using expected = model.forward(pixels);
  close(output, expected);
  const masked: object = { boolMaskedPos: 1 };
  await expect(compiled.forward(pixels, masked)).rejects.toThrow(
    /Dinov2Backbone: expected options among .*, got boolMaskedPos/,
  );
  await compiled.dispose();
});

test('some outputs alone', () =>
  withCompiled(async (compiled, engine, model) => {
    const pixels = waves([2, 3, 16, 16]);
    const found = await compiled.outputs(pixels, ['attentions.0', 'pooler_output']);
    using expected = model.forward(pixels, { outputAttentions: true });
    expect(Object.keys(found)).toEqual(['attentions.0', 'pooler_output']);
    for (const [actual, wanted] of [
      [found.pooler_output, expected.poolerOutput],
      [found['attentions.0'], expected.attentions?.[0]],
    ] as const) {
      expect(relativeDifference(actual.dataSync(), wanted?.dataSync() ?? [])).toBeLessThan(TOLERANCE);
    }
    expect(engine.made[0]?.graph.outputNames).toEqual(['attentions.0', 'pooler_output']);
    dispose(found);
    await expect(compiled.outputs(pixels, ['logits'])).rejects.toThrow(
      /expected outputs among last_hidden_state, pooler_output, got "logits"/,
    );
    await expect(compiled.outputs(pixels, [])).rejects.toThrow(OptionError);
  }));

test('what does not fit is refused, and no graph is made', () =>
  withCompiled(async (compiled, engine) => {
    const pixels = waves([2, 3, 16, 16]);
    const integers = zeros([1, 3, 16, 16], 'int32');
    const cube = zeros([3, 16, 16]);
    const narrow = tensor2d([[1, 0, 1]], [1, 3]);
    const floats = zeros([2, 16]);
    const truths = zeros([2, 15], 'bool');
    const cases: [() => Promise<unknown>, new (message: string) => Error, RegExp][] = [
      [() => compiled.forward(cube as never), ShapeError, /must be \[batch, channels, height, width\]/],
      [() => compiled.forward(integers as never), ShapeError, /must be float32, got int32/],
      [
        () => compiled.forward(undefined as never),
        ShapeError,
        /must be a tensor or \{data: Float32Array, shape\}/,
      ],
      [() => compiled.forward(waves([1, 4, 16, 16])), ShapeError, /expected 3 channels, got 4/],
      [() => compiled.forward(waves([0, 3, 16, 16])), ShapeError, /at least one image/],
      [
        () => compiled.forward(pixels, { hiddenStates: true } as never),
        OptionError,
        /Dinov2Model: expected options among .*, got hiddenStates/,
      ],
      [() => compiled.forward(pixels, { outputHiddenStates: 7 }), OptionError, /from -3 to 2, got 7/],
      [
        () => compiled.forward(pixels, { attentionVisitor: { layers: [0], visit() {} } }),
        OptionError,
        /Dinov2Model: attentionVisitor: expected none of a compiled model/,
      ],
      [() => compiled.forward(pixels, { attentionMask: narrow }), ShapeError, /attentionMask must be/],
      [
        () => compiled.forward(pixels, { boolMaskedPos: floats as never }),
        ShapeError,
        /boolMaskedPos must be bool, got float32; cast it to bool/,
      ],
      [
        () => compiled.forward(pixels, { boolMaskedPos: truths as never }),
        ShapeError,
        /boolMaskedPos must be/,
      ],
      [
        () => compiled.forward(pixels, { boolMaskedPos: 'all' as never }),
        ShapeError,
        /expected boolMaskedPos to be a tensor, got "all"/,
      ],
      [
        () => compiled.outputs(pixels, undefined as never),
        OptionError,
        /expected outputs to be a list of names, got undefined/,
      ],
      [() => compiled.outputs(cube as never, ['pooler_output']), ShapeError, /must be \[batch, channels/],
    ];
    for (const [attempt, kind, message] of cases) {
      const tried = attempt();
      await expect(tried).rejects.toThrow(kind);
      await expect(tried).rejects.toThrow(message);
    }
    expect(engine.made).toEqual([]);
    dispose([integers, cube, narrow, floats, truths]);
  }));
