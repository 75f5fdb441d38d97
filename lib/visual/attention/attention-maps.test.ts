/** Maps and rollouts beside the attentions that a forward pass returns; what they are of; what is refused. */
import { setDevice } from '../../../backends/devices.ts';
import { OptionError } from '../../../errors/errors.ts';
import { CompiledModel } from '../../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../../graph/engines/testing/graph-engine.ts';
import { AutoImageProcessor, BitImageProcessor } from '../../../images/image-processor.ts';
import type { PixelImage } from '../../../images/inputs/pixel-image.ts';
import { missesOf, relativeDifference } from '../../../testing/close.ts';
import { waveImage } from '../../../testing/wave-image.ts';
import { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import { withSmallModel } from '../../testing/small-model.ts';
import { type AttentionMaps, type AttentionMapsOptions, attentionMaps } from './attention-maps.ts';
import { ATTENTION_OPTIONS, HEADS_OPTIONS, ROLLOUT_OPTIONS } from './attention-options.ts';
import { attentionRollout } from './attention-rollout.ts';

const DIGITS = new URL('../../../models/digits', import.meta.url).pathname;
const TWO = new URL('../../../examples/pictures/digits/two.png', import.meta.url).pathname;
const processor = new BitImageProcessor();
/** seen as 16×20 pixels, 4×5 patches of 4: a patch has 8×8 of its pixels */
const IMAGE: PixelImage = waveImage(40, 32);
const VIEW = { processor, size: 16 };
/** A, T with CLS and three registers */
const [A, T] = [2, 24];

async function only<Item>(items: AsyncIterable<Item>): Promise<Item> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  expect(all).toHaveLength(1);
  return all[0] as Item;
}

function mapsOf(model: Dinov2Model, options: AttentionMapsOptions = {}) {
  return only(attentionMaps(model, [IMAGE], { ...VIEW, ...options }));
}

/** Rows [A][N] of the attentions that `forward` returns, of the weights that a token gives to patches. */
async function rowsOf(model: Dinov2Model, layer: number, token: number): Promise<Float32Array[]> {
  const settings = { size: [16, 20] as const, doCenterCrop: false };
  const { pixelValues } = await processor.preprocess(IMAGE, settings);
  using output = model.forward(pixelValues, { outputAttentions: true });
  const weights = output.attentions?.[layer - 1]?.dataSync<'float32'>() ?? new Float32Array();
  return Array.from({ length: A }, (_, head) => {
    const row = (head * T + token) * T;
    return weights.slice(row + 4, row + T);
  });
}

function expectClose(found: AttentionMaps, expected: readonly ArrayLike<number>[]): void {
  expect(found.maps).toHaveLength(expected.length);
  for (const [i, map] of found.maps.entries()) expect(missesOf(map, expected[i] ?? [], 2e-6)).toEqual([]);
}

beforeAll(() => setDevice('simd', { threads: 1 }));

test.each([
  [1, { layer: 1 }, 0],
  [2, {}, 0],
  [2, { query: { register: 2 } }, 3],
  [1, { layer: -2, query: { x: 39, y: 9 } }, 4 + 9],
] as const)('maps of layer %d, of %j, are rows of its attentions', (layer, options, token) =>
  withSmallModel(async (model) => {
    const found = await mapsOf(model, options);
    const expected = await rowsOf(model, layer, token);
    expect(found.names).toEqual(['head 0', 'head 1']);
    expect([found.grid.rows, found.grid.columns]).toEqual([4, 5]);
    expectClose(found, expected);
    const mean = await mapsOf(model, { ...options, heads: 'mean' });
    expect(mean.names).toEqual(['mean']);
    expectClose(mean, [
      (expected[0] ?? new Float32Array()).map((value, i) => (value + (expected[1]?.[i] ?? 0)) / 2),
    ]);
    const second = await mapsOf(model, { ...options, heads: [1] });
    expect(second.names).toEqual(['head 1']);
    expectClose(second, expected.slice(1));
    const turned = await mapsOf(model, { ...options, heads: [1, 0, 1] });
    expect(turned.names).toEqual(['head 1', 'head 0']);
    expectClose(turned, expected.toReversed());
  }),
);

test('maps are scaled by their sum or by their largest value', () =>
  withSmallModel(async (model) => {
    const sums = await mapsOf(model, { scale: 'sum' });
    for (const map of sums.maps) expect(map.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const largest = await mapsOf(model, { scale: 'max' });
    for (const map of largest.maps) expect(Math.max(...map)).toBe(1);
    const plain = await mapsOf(model);
    for (const map of plain.maps) expect(map.reduce((a, b) => a + b)).toBeLessThan(1);
  }));

test('blocks behind the layer do not run', () =>
  withSmallModel(async (model) => {
    const last = model.layers.encoder.blocks[1];
    Object.defineProperty(last, 'forward', {
      value() {
        throw new Error('it ran');
      },
    });
    await mapsOf(model, { layer: 1 });
    await expect(mapsOf(model)).rejects.toThrow('it ran');
  }));

test('the rollout of one layer is half its mean, and that of two passes through both', () =>
  withSmallModel(async (model) => {
    const rollout = (layer: number) => only(attentionRollout(model, [IMAGE], { ...VIEW, layer }));
    const first = await rollout(1);
    const {
      maps: [mean = new Float32Array()],
    } = await mapsOf(model, { layer: 1, heads: 'mean' });
    expect(first.names).toEqual(['rollout']);
    expectClose(first, [mean.map((value) => value / 2)]);
    const both = await rollout(2);
    expect(missesOf(both.maps[0] ?? [], first.maps[0] ?? [], 1e-3)).not.toEqual([]);
    const discard = { ...VIEW, headFusion: 'max', discardRatio: 0.5 } as const;
    const plain = (await only(attentionRollout(model, [IMAGE], discard))).maps[0] ?? [];
    const scaled = await only(attentionRollout(model, [IMAGE], { ...discard, scale: 'max' }));
    const most = Math.max(...plain);
    expect(most).toBeLessThan(1);
    expectClose(scaled, [Array.from(plain, (value) => value / most)]);
  }));

test.each([16, 4])("a patch's rollout of one layer is half its mean and half itself, at size %d", (size) =>
  withSmallModel(async (model) => {
    // of few patches by matrices, of more by one row
    const options = { ...VIEW, size, layer: 1, query: { x: 39, y: 9 } };
    const found = await only(attentionRollout(model, [IMAGE], options));
    const {
      maps: [mean = new Float32Array()],
    } = await only(attentionMaps(model, [IMAGE], { ...options, heads: 'mean' }));
    const patch = found.grid.patchAt(options.query);
    expectClose(found, [mean.map((value, i) => (value + (i === patch ? 1 : 0)) / 2)]);
  }),
);

test('a map of nothing stays one, however it is scaled', () =>
  withSmallModel(async (model) => {
    for (const scale of ['sum', 'max'] as const) {
      const { maps } = await only(
        attentionRollout(model, [IMAGE], { ...VIEW, layer: 1, discardRatio: 0.9999, scale }),
      );
      expect([...(maps[0] ?? [])]).toEqual(Array(20).fill(0));
    }
  }));

test('a source is loaded, its classifier left out, and freed', async () => {
  const found = await only(attentionMaps(DIGITS, [TWO]));
  expect(found).toMatchObject({ name: TWO, index: 0, names: ['head 0', 'head 1', 'head 2'] });
  expect(found.maps.map((map) => map.length)).toEqual([64, 64, 64]);
});

test('what there is not is refused', () =>
  withSmallModel(async (model) => {
    const refused: [AttentionMapsOptions, RegExp][] = [
      [{ layer: 3 }, /attentionMaps: layer: expected 1 to 2, or -2 to -1 from the end, got 3/],
      [{ layer: 0 }, /expected 1 to 2/],
      [{ heads: [0, 2] }, /heads: expected numbers from 0 to 1, got 2/],
      [
        { query: { register: 3 } },
        /query: expected a token of a model that has registers from 0 to 2, got register 3/,
      ],
      [
        { query: { x: 41, y: 0 } },
        /query: expected a point that the model sees, x from 0 to below 40 and y from 0 to below 32/,
      ],
    ];
    for (const [options, message] of refused) {
      await expect(mapsOf(model, options)).rejects.toThrow(message);
    }
    const wrong: [object, RegExp][] = [
      [
        { query: 'patch' },
        /attentionMaps: query: expected 'cls', \{ register: 0 \} or \{ x, y \}, got "patch"/,
      ],
      [{ heads: [] }, /heads: expected 'mean', 'all' or a list/],
      [{ scale: 'min' }, /scale: expected one of none, sum, max/],
      [{ discardRatio: 0.5 }, /expected options among .* got discardRatio/],
    ];
    for (const [options, message] of wrong) {
      expect(() => attentionMaps(model, [IMAGE], { ...VIEW, ...options })).toThrow(message);
    }
    expect(() => attentionRollout(model, [IMAGE], { ...VIEW, discardRatio: 1 })).toThrow(
      /less than 1, got 1/,
    );
    const compiled = new CompiledModel(model, new GraphEngine().engine, 1);
    await expect(only(attentionMaps(compiled, [IMAGE], VIEW))).rejects.toThrow(
      /attentionMaps: expected a model on TensorFlow.js, .* got a compiled one/,
    );
    await compiled.dispose();
  }));

test.each([
  ['f16', 1e-3],
  ['i8', 3e-2],
] as const)("of weights in %s maps are float32's within %d of the largest value", async (precision, bar) => {
  const load = (weights: 'f32' | typeof precision) =>
    Dinov2Model.fromPretrained(DIGITS, { precision: weights });
  using exact = await load('f32');
  using rounded = await load(precision);
  const images = await AutoImageProcessor.fromPretrained(DIGITS);
  const [expected, ours] = await Promise.all(
    [exact, rounded].map((model) => only(attentionMaps(model, [TWO], { processor: images }))),
  );
  for (const [head, map] of expected!.maps.entries()) {
    const apart = relativeDifference(ours!.maps[head]!, map);
    expect(apart).toBeGreaterThan(0);
    expect(apart).toBeLessThan(bar);
  }
});

test('tokens, heads and shares as a command line has them', () => {
  const { query } = ATTENTION_OPTIONS;
  expect(['cls', 'register:1', '320,240.5'].map((text) => query.parse?.(text))).toEqual([
    'cls',
    { register: 1 },
    { x: 320, y: 240.5 },
  ]);
  expect(['all', 'mean', '0,3'].map((text) => HEADS_OPTIONS.heads.parse?.(text))).toEqual([
    'all',
    'mean',
    [0, 3],
  ]);
  expect(ROLLOUT_OPTIONS.discardRatio.parse?.('0.9')).toBe(0.9);
  for (const text of ['patch', 'register:', '3', '1,2,3', '']) {
    expect(() => query.parse?.(text)).toThrow(OptionError);
  }
  expect(() => HEADS_OPTIONS.heads.parse?.('0,')).toThrow(OptionError);
  expect(() => ROLLOUT_OPTIONS.discardRatio.parse?.('1')).toThrow(OptionError);
});
