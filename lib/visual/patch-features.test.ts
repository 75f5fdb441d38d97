/** Patch features beside the hidden states, queries, keys and values of a forward pass; tiles; what is refused; what is freed. */
import { memory, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../graph/engines/testing/graph-engine.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelImage } from '../../images/inputs/pixel-image.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { allOf } from '../../testing/all-of.ts';
import { waveImage } from '../../testing/wave-image.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { SMALL, withSmallModel } from '../testing/small-model.ts';
import { type PatchFeatures, type PatchFeaturesOptions, patchFeatures } from './patch-features.ts';

const MODEL = new URL('../../models/digits', import.meta.url).pathname;
const DIGIT = new URL('../../examples/pictures/digits/two.png', import.meta.url).pathname;
const processor = new BitImageProcessor();
const { hiddenSize: D, numRegisterTokens: R } = SMALL;

async function one(
  model: Dinov2Model,
  image: PixelImage,
  options: PatchFeaturesOptions = {},
): Promise<PatchFeatures> {
  const [found] = await allOf(patchFeatures(model, [image], { processor, ...options }));
  if (found === undefined) throw new Error('no features');
  return found;
}

/** The values that the processor makes in a size. */
async function pixelsOf(image: PixelImage, height: number, width: number): Promise<PixelValues> {
  const settings = { size: [height, width] as const, doCenterCrop: false };
  return (await processor.preprocess(image, settings)).pixelValues;
}

function joined({ cls, registers, features }: PatchFeatures): number[] {
  return [...cls, ...registers, ...features];
}

beforeAll(() => setDevice('auto'));

test.each([0, 1, 2, -1, -3])(
  'tokens of layer %d are the hidden states of forward, to the bit',
  async (layer) => {
    await withSmallModel(async (model) => {
      const image = waveImage(31, 23);
      const found = await one(model, image, { size: 12, layer, applyLayernorm: false });
      using output = model.forward(await pixelsOf(image, 12, 16), { outputHiddenStates: [layer] });
      expect(joined(found)).toEqual([...(output.hiddenStates?.[0]?.dataSync() ?? [])]);
      expect(found).toMatchObject({ dim: D, name: '0', index: 0 });
      expect([found.grid.rows, found.grid.columns]).toEqual([3, 4]);
      expect(found.features).toHaveLength(12 * D);
      expect(found.registers).toHaveLength(R * D);
      expect(found.seen).toMatchObject({ height: 12, width: 16 });

      const normed = await one(model, image, { size: 12, layer });
      const [state] = output.hiddenStates ?? [];
      const expected = tidy(() => state && model.layers.norm.forward(state).dataSync());
      expect(joined(normed)).toEqual([...(expected ?? [])]);
    });
  },
);

test('the last layer with its norm is the last hidden state, in the size that the model was trained in', async () => {
  await withSmallModel(async (model) => {
    const image = waveImage(20, 50);
    const found = await one(model, image);
    using output = model.forward(await pixelsOf(image, 40, 16));
    expect(joined(found)).toEqual([...output.lastHiddenState.dataSync()]);
  });
});

test.each(['query', 'key', 'value'] as const)('the facet %s has the heads side by side', async (facet) => {
  await withSmallModel(async (model) => {
    const image = waveImage(16, 16);
    const found = await one(model, image, { facet, layer: 1 });
    let expected: number[] = [];
    const visit = (_: number, heads: Record<typeof facet, Tensor4D>): void => {
      const [[first = [], second = []] = []] = heads[facet].arraySync();
      expected = first.flatMap((row, token) => [...row, ...(second[token] ?? [])]);
    };
    const attentionVisitor = { layers: [0], visit };
    model.forward(await pixelsOf(image, 16, 16), { attentionVisitor }).dispose();
    expect(joined(found)).toEqual(expected);
    expect(found.dim).toBe(SMALL.numAttentionHeads * SMALL.headDim);
  });
});

test('tiles are computed as images of their own, and one that holds all changes nothing', async () => {
  await withSmallModel(async (model) => {
    const image = waveImage(40, 16, 0.31);
    const whole = await one(model, image, { size: 16 });
    expect(joined(await one(model, image, { size: 16, tileSize: 40, tileOverlap: 8 }))).toEqual(
      joined(whole),
    );

    const tiled = await one(model, image, { size: 16, tileSize: 24, tileOverlap: 8 });
    const { data } = await pixelsOf(image, 16, 40);
    const left = Float32Array.from({ length: 3 * 16 * 24 }, (_, i) => {
      const [row, column] = [Math.floor(i / 24), i % 24];
      return data[row * 40 + column]!;
    });
    using output = model.forward({ data: left, shape: [1, 3, 16, 24] });
    const tokens = output.lastHiddenState.dataSync();
    // the first four columns are the left tile's alone
    const ofLeft = (row: number) => [...tokens.slice((1 + R + row * 6) * D, (1 + R + row * 6 + 4) * D)];
    for (const row of [0, 3]) {
      expect([...tiled.features.slice(row * 10 * D, (row * 10 + 4) * D)]).toEqual(ofLeft(row));
    }
    expect(tiled.features).toHaveLength(40 * D);
    expect(tiled.cls).toHaveLength(D);
    expect(tiled.registers).toHaveLength(R * D);

    // a tile has a patch at least
    const single = await one(model, waveImage(8, 4), { size: 4, tileSize: 4, tileOverlap: 0 });
    expect(joined(await one(model, waveImage(8, 4), { size: 4, tileSize: 1 }))).toEqual(joined(single));

    // a quarter of a tile, 6 pixels, is two patches when rounded
    expect(joined(await one(model, image, { size: 16, tileSize: 24 }))).toEqual(joined(tiled));
  });
});

test('tiles share pixels along each axis by its own side of patches', async () => {
  using model = await Dinov2Model.fromConfig(SMALL.with({ patchSize: [4, 8] }), { seed: 1 });
  const image = waveImage(40, 4, 0.31);
  // five patches in tiles of three, of which neighbours share one: the first two are the left tile's alone
  const tiled = await one(model, image, { size: 4, tileSize: 24, tileOverlap: 8 });
  expect([tiled.grid.rows, tiled.grid.columns]).toEqual([1, 5]);
  const { data } = await pixelsOf(image, 4, 40);
  const left = Float32Array.from({ length: 3 * 4 * 24 }, (_, i) => data[Math.floor(i / 24) * 40 + (i % 24)]!);
  using output = model.forward({ data: left, shape: [1, 3, 4, 24] });
  const tokens = output.lastHiddenState.dataSync();
  expect([...tiled.features.slice(0, 2 * D)]).toEqual([...tokens.slice((1 + R) * D, (3 + R) * D)]);
});

test('images of too many patches are refused with a size that would do, and computed in tiles of fewer', async () => {
  await withSmallModel(async (model) => {
    const image = waveImage(40, 16);
    const refused: [PatchFeaturesOptions, PixelImage, string][] = [
      [{}, waveImage(40_040, 4), '0: expected at most 40000 patches at once, as attention takes time'],
      [{ maxPatches: 39 }, image, 'got 4 × 10 = 40; take size 12 or less, fit processor, '],
      [{ maxPatches: 2 }, image, 'got 4 × 10 = 40; take fit processor, '],
      [{ maxPatches: 15, tileSize: 16 }, image, 'got 4 × 4 = 16; take size 8 or less'],
    ];
    for (const [options, each, message] of refused) {
      await expect(one(model, each, options)).rejects.toThrow(message);
    }
    for (const options of [
      { maxPatches: 40 },
      { maxPatches: 39, size: 12 },
      { maxPatches: 16, tileSize: 16 },
    ]) {
      expect((await one(model, image, options)).grid.rows).toBe((options.size ?? 16) / 4);
    }
  });
});

test('padding, crops and the settings of the processor make the pixels and the grid', async () => {
  await withSmallModel(async (model) => {
    const image = waveImage(33, 20);
    const padded = await one(model, image, { size: 16, fit: 'pad' });
    expect(padded.grid.input).toEqual({ height: 16, width: 28 });
    expect([...padded.seen.data.slice(0, 3)]).toEqual([0, 0, 0]);
    const cropped = await one(model, image, { size: 16, fit: 'crop' });
    expect(cropped.grid.input).toEqual({ height: 16, width: 24 });
    const own = await one(model, image, { fit: 'processor' });
    expect(own.grid.input).toEqual({ height: 224, width: 224 });
    const { pixels } = await processor.resizeAndCrop(image);
    expect(Buffer.compare(own.seen.data, pixels.data)).toBe(0);
  });
});

test('images come in their order, each in its size; those that can not be read are left out; nothing is left', async () => {
  const images = [
    { name: 'a', image: waveImage(16, 24) },
    { name: 'broken', image: new Uint8Array(3) },
    { name: 'c', image: Promise.resolve(waveImage(30, 16)) },
  ];
  const told: unknown[] = [];
  const onError = (_: unknown, name: string, index: number) => void told.push([name, index]);
  await withSmallModel(async (model) => {
    const found = await allOf(patchFeatures(model, images, { processor, onError }));
    // positions of both sizes are the model's from now on
    const before = memory().numTensors;
    expect(await allOf(patchFeatures(model, images, { processor, onError: 'skip' }))).toEqual(found);
    expect(found.map(({ name, index, grid }) => [name, index, grid.rows, grid.columns])).toEqual([
      ['a', 0, 6, 4],
      ['c', 2, 4, 8],
    ]);
    expect(told).toEqual([['broken', 1]]);
    await expect(allOf(patchFeatures(model, images, { processor }))).rejects.toThrow(/^broken: /);
    for await (const { name } of patchFeatures(model, images, { processor })) {
      expect(name).toBe('a');
      break;
    }
    expect(memory().numTensors).toBe(before);
  });
});

test('a compiled model gives its last layer, and others without the norm; what else is refused', async () => {
  await withSmallModel(async (model) => {
    await using compiled = new CompiledModel(model, new GraphEngine().engine, 4);
    const image = waveImage(16, 20);
    for (const options of [{}, { layer: 1, applyLayernorm: false }, { tileSize: 8 }]) {
      const [found] = await allOf(patchFeatures(compiled, [image], { processor, ...options }));
      const expected = joined(await one(model, image, options));
      const differences = found ? joined(found).map((value, i) => Math.abs(value - expected[i]!)) : [];
      expect(differences).toHaveLength(expected.length);
      expect(Math.max(...differences)).toBeLessThan(1e-5);
    }
    for (const options of [{ layer: 1 }, { facet: 'key' }] as const) {
      const call = allOf(patchFeatures(compiled, [image], { processor, ...options }));
      await expect(call).rejects.toThrow(
        'expected tokens of the last layer, or applyLayernorm: false, of a compiled model',
      );
    }
  });
});

test('a source is loaded with its processor, and freed', async () => {
  const before = memory().numTensors;
  const [found] = await allOf(patchFeatures(MODEL, [DIGIT], { size: 28 }));
  expect(found).toMatchObject({ name: DIGIT, grid: { rows: 7, columns: 7 } });
  expect(memory().numTensors).toBe(before);
});

test.each<[object, string]>([
  [{ layer: 3 }, 'layer: expected 0 to 2, or -3 to -1 from the end, got 3'],
  [{ layer: 0, facet: 'key' }, 'layer: expected 1 to 2, or -2 to -1 from the end, got 0'],
  [{ layer: 1.5 }, 'layer must be an integer, got 1.5'],
  [{ facet: 'q' }, 'facet: expected one of token, query, key, value, got "q"'],
  [{ tileSize: 8, tileOverlap: 8 }, 'tileOverlap: expected less than tileSize, 8, got 8'],
  [{ tileOverlap: 8 }, 'tileOverlap: expected less than tileSize, which is not given, got 8'],
  [{ tileSize: 8, tileOverlap: -1 }, 'tileOverlap must be an integer of at least 0, got -1'],
  [{ size: 14, fit: 'processor' }, "size: expected none beside fit: 'processor'"],
  [{ fit: 'squeeze' }, 'fit: expected one of stretch, pad, crop, processor, got "squeeze"'],
  [{ processor: { preprocess() {} } }, 'processor: expected a BitImageProcessor'],
  [{ batchSize: 2 }, 'got batchSize'],
])('%j is refused', async (options, message) => {
  await withSmallModel(async (model) => {
    const call = async () => allOf(patchFeatures(model, [waveImage(16, 16)], { processor, ...options }));
    await expect(call()).rejects.toThrow(message);
  });
});

test('a loaded model needs a processor, and the signal ends it', async () => {
  await withSmallModel(async (model) => {
    expect(() => patchFeatures(model, [])).toThrow('expected a processor beside a model that is loaded');
    const signal = AbortSignal.abort(new Error('enough'));
    const call = allOf(patchFeatures(model, [waveImage(16, 16)], { processor, signal }));
    await expect(call).rejects.toThrow('enough');
  });
});
