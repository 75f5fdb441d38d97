import type { Rank } from '@tensorflow/tfjs-core';
import {
  engine,
  ones,
  type Tensor,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor4d,
  zeros,
} from '@tensorflow/tfjs-core';
import { Dinov2Backbone } from '../families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { SMALL, withSmallModel } from '../testing/small-model.ts';

test('any size runs, and pixels that no patch covers are mentioned', () =>
  withSmallModel((model) => {
    const pixels = zeros<Rank.R4>([2, 3, 20, 15]);
    using output = model.forward(pixels, { outputHiddenStates: true, outputAttentions: true });
    pixels.dispose();
    expect(output.lastHiddenState.shape).toEqual([2, 1 + 3 + 5 * 3, 16]);
    expect(output.poolerOutput.shape).toEqual([2, 16]);
    expect(output.hiddenStates).toHaveLength(3);
    expect(output.attentions?.map(({ shape }) => shape)).toEqual([
      [2, 2, 19, 19],
      [2, 2, 19, 19],
    ]);
    expect(output.warnings).toEqual([expect.stringContaining('the last 0 rows and 3 columns are not seen')]);
  }));

test('hidden states can be chosen by index, in the order asked for', () =>
  withSmallModel((model) => {
    const pixels = { data: new Float32Array(3 * 256).fill(0.5), shape: [1, 3, 16, 16] as const };
    using all = model.forward(pixels, { outputHiddenStates: true });
    using some = model.forward(pixels, { outputHiddenStates: [-1, 0] });
    expect(some.hiddenStates?.map((state) => state.dataSync())).toEqual([
      all.hiddenStates?.[2]?.dataSync(),
      all.hiddenStates?.[0]?.dataSync(),
    ]);
    using twice = model.forward(pixels, { outputHiddenStates: [1, 1] });
    expect(twice.hiddenStates).toHaveLength(2);
    expect(all.attentions).toBeUndefined();
  }));

test('an additive mask of four axes and a mask of tokens mean the same', () =>
  withSmallModel((model) => {
    const pixels = {
      data: Float32Array.from({ length: 768 }, (_, i) => Math.sin(i)),
      shape: [1, 3, 16, 16] as const,
    };
    const tokens = tensor2d([Array.from({ length: 20 }, (_, i) => (i < 12 ? 1 : 0))], [1, 20], 'int32');
    const added = tensor4d([[[Array.from({ length: 20 }, (_, i) => (i < 12 ? 0 : -3.4e38))]]]);
    using plain = model.forward(pixels);
    using masked = model.forward(pixels, { attentionMask: tokens });
    using additive = model.forward(pixels, { attentionMask: added });
    expect(masked.lastHiddenState.dataSync()).toEqual(additive.lastHiddenState.dataSync());
    expect(masked.lastHiddenState.dataSync()).not.toEqual(plain.lastHiddenState.dataSync());
    tokens.dispose();
    added.dispose();
  }));

test('what does not fit is refused with what was expected, and nothing leaks', () =>
  withSmallModel((model) => {
    const good = zeros<Rank.R4>([1, 3, 16, 16]);
    const gone = zeros<Rank.R4>([1, 3, 16, 16]);
    gone.dispose();
    const cases: [() => unknown, RegExp][] = [
      [
        () => model.forward(zeros<Rank.R4>([1, 16, 16, 3])),
        /expected 3 channels, got 16 .*this looks like NHWC/,
      ],
      [() => model.forward(zeros<Rank.R4>([1, 3, 16, 3])), /at least one patch of 4×4 pixels, got 16×3/],
      [
        () => model.forward(zeros([3, 16, 16]) as never),
        /pixelValues must be \[batch, channels, height, width\], got \[3, 16, 16\]/,
      ],
      [
        () => model.forward(zeros<Rank.R4>([1, 3, 16, 16], 'int32')),
        /pixelValues must be float32, got int32/,
      ],
      [
        () => model.forward({ data: new Float32Array(5), shape: [1, 3, 16, 16] }),
        /got 5 values for \[1, 3, 16, 16\]/,
      ],
      [() => model.forward(gone), /pixelValues must be a tensor that is still there/],
      [() => model.forward('image' as never), /pixelValues must be a tensor/],
      [() => model.forward(good, { headMask: 1 } as object), /expected options among .* got headMask/],
      [() => model.forward(good, { outputHiddenStates: 3 }), /integers from -3 to 2, got 3/],
      [
        () => model.forward(good, { boolMaskedPos: zeros([1, 16]) as Tensor2D }),
        /boolMaskedPos must be bool, got float32/,
      ],
      [
        () => model.forward(good, { boolMaskedPos: zeros([1, 15], 'bool') as Tensor2D }),
        /\[batch, patches\] = \[1, 16\], got \[1, 15\]/,
      ],
      [
        () => model.forward(good, { attentionMask: ones([1, 19]) }),
        /attentionMask must be \[1, 20\] .* got \[1, 19\]/,
      ],
    ];
    for (const [call, message] of cases) {
      engine().startScope();
      expect(call).toThrow(message);
      engine().endScope();
    }
    good.dispose();
  }));

test('a model without a mask token refuses a mask', async () => {
  using model = await Dinov2Model.fromConfig(SMALL.with({ useMaskToken: false }));
  const mask = zeros([1, 16], 'bool') as Tensor2D;
  const pixels = { data: new Float32Array(768), shape: [1, 3, 16, 16] as const };
  expect(() => model.forward(pixels, { boolMaskedPos: mask })).toThrow(/needs a mask token/);
  mask.dispose();
});

test('a model can be disposed twice and not be used afterwards', async () => {
  const model = await Dinov2Model.fromConfig(SMALL);
  model.dispose();
  model.dispose();
  expect(() => model.forward({ data: new Float32Array(768), shape: [1, 3, 16, 16] })).toThrow(
    /Dinov2Model: forward\(\) must come before dispose\(\)/,
  );
});

test('labels that do not fit are refused', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }));
  const pixels = { data: new Float32Array(768), shape: [1, 3, 16, 16] as const };
  const refused: [Tensor, RegExp][] = [
    [tensor1d([3], 'int32'), /labels must be from 0 to 2, or -100, got 3/],
    [tensor1d([0, 1], 'int32'), /must be \[1\], got \[2\]/],
    [tensor2d([[1, 0]]), /labels of multi_label_classification must be \[1, 3\], got \[1, 2\]/],
  ];
  for (const [labels, message] of refused) {
    expect(() => model.forward(pixels, { labels })).toThrow(message);
    labels.dispose();
  }
});

test('labels without a classifier are refused', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 0 }));
  const labels = tensor1d([0], 'int32');
  const pixels = { data: new Float32Array(768), shape: [1, 3, 16, 16] as const };
  expect(() => model.forward(pixels, { labels })).toThrow(
    /labels need a classifier, got a model with numLabels 0/,
  );
  labels.dispose();
});

test('labels of a regression that do not fit are refused', async () => {
  using model = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 1 }));
  const labels = tensor1d([0.5, 1]);
  const pixels = { data: new Float32Array(768), shape: [1, 3, 16, 16] as const };
  expect(() => model.forward(pixels, { labels })).toThrow(/labels of regression must be \[1, 1\], got \[2\]/);
  labels.dispose();
});

test('a backbone returns maps for its stages, and hidden states only if asked', async () => {
  using model = await Dinov2Backbone.fromConfig(SMALL.with({ outFeatures: ['stem', 'stage2'] }));
  using output = model.forward({ data: new Float32Array(3 * 8 * 12), shape: [1, 3, 8, 12] });
  expect(model.channels).toEqual([16, 16]);
  expect(output.featureMaps.map(({ shape }) => shape)).toEqual([
    [1, 16, 2, 3],
    [1, 16, 2, 3],
  ]);
  expect(output.hiddenStates).toBeUndefined();
});

const MODELS = new URL('../../conformance/fixtures/models/', import.meta.url).pathname;

test('the configuration says what is returned unless the call does', async () => {
  using model = await Dinov2Model.fromConfig(
    SMALL.with({ outputHiddenStates: true, outputAttentions: true }),
  );
  const pixels = { data: new Float32Array(768), shape: [1, 3, 16, 16] as const };
  using all = model.forward(pixels);
  expect(all.hiddenStates).toHaveLength(3);
  expect(all.attentions).toHaveLength(2);
  using none = model.forward(pixels, { outputHiddenStates: false, outputAttentions: false });
  expect(none.hiddenStates).toBeUndefined();
  expect(none.attentions).toBeUndefined();
});

test('a mask of booleans in four axes and a mask of any whole numbers mean what a mask of ones does', () =>
  withSmallModel((model) => {
    const pixels = {
      data: Float32Array.from({ length: 768 }, (_, i) => Math.sin(i)),
      shape: [1, 3, 16, 16] as const,
    };
    const attended = Array.from({ length: 20 }, (_, i) => (i % 3 > 0 ? 1 : 0));
    const masks: Tensor[] = [
      tensor2d([attended], [1, 20], 'int32'),
      tensor2d([attended.map((one) => 7 * one)], [1, 20], 'int32'),
      tensor2d([attended], [1, 20], 'float32'),
      tensor4d([[[attended]]], [1, 1, 1, 20], 'bool'),
    ];
    const results = masks.map((attentionMask) => {
      using output = model.forward(pixels, { attentionMask });
      return output.lastHiddenState.dataSync();
    });
    for (const result of results) expect(result).toEqual(results[0]);
    for (const mask of masks) mask.dispose();
  }));

test('the hidden states of a backbone are those of the bare model, before the norm', async () => {
  using backbone = await Dinov2Backbone.fromPretrained(`${MODELS}backbone-registers`);
  using model = await Dinov2Model.fromPretrained(`${MODELS}backbone-registers`);
  const pixels = {
    data: Float32Array.from({ length: 3 * 576 }, (_, i) => Math.sin(i)),
    shape: [1, 3, 24, 24] as const,
  };
  for (const outputHiddenStates of [true, [2, 0], -1]) {
    using maps = backbone.forward(pixels, { outputHiddenStates });
    using expected = model.forward(pixels, { outputHiddenStates });
    const values = (states: readonly Tensor[] | undefined) => states?.map((state) => state.dataSync());
    expect(values(maps.hiddenStates)).toEqual(values(expected.hiddenStates));
    expect(maps.featureMaps).toHaveLength(3);
  }
});

test('messages name the class where a bundler has shortened its name', () =>
  withSmallModel((model) => {
    const name = Object.getOwnPropertyDescriptor(Dinov2Model, 'name') ?? {};
    Object.defineProperty(Dinov2Model, 'name', { ...name, value: 'e' });
    try {
      expect(() =>
        model.forward({ data: new Float32Array(3), shape: [1, 3, 1, 1] }, { no: 1 } as object),
      ).toThrow(/^Dinov2Model: expected options among/);
    } finally {
      Object.defineProperty(Dinov2Model, 'name', name);
    }
  }));

test('a mask of null is none', () =>
  withSmallModel((model) => {
    const pixels = { data: new Float32Array(3 * 256).fill(0.5), shape: [1, 3, 16, 16] as const };
    using without = model.forward(pixels);
    using output = model.forward(pixels, { attentionMask: null } as object);
    expect(output.poolerOutput.dataSync()).toEqual(without.poolerOutput.dataSync());
  }));
