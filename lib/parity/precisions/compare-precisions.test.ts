/** What precisions cost: reports on small models and on the bundled one. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import { setDevice } from '../../../backends/devices.ts';
import { BitImageProcessor } from '../../../images/image-processor.ts';
import type { PixelValues } from '../../../images/pixel-values.ts';
import type { Precision } from '../../../ops/precision.ts';
import { Dinov2Backbone } from '../../families/dinov2/dinov2-backbone.ts';
import { Dinov2Config } from '../../families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from '../../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import { embed } from '../../tasks/embed.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import { waves } from '../../testing/small-model.ts';
import { compareValues } from '../compare.ts';
import { comparePrecisions } from './compare-precisions.ts';
import type { PrecisionReport } from './precision-report.ts';

const DIGITS = fileURLToPath(new URL('../../../models/digits', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../../examples/pictures/digits/', import.meta.url));
const paths = readdirSync(IMAGES).map((file) => IMAGES + file);

/** Two blocks of a width of 32, three registers, and weights so large that rounding shows. */
const CONFIG = new Dinov2Config({
  hiddenSize: 32,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  imageSize: 16,
  patchSize: 4,
  numRegisterTokens: 3,
  numLabels: 5,
  initializerRange: 0.2,
});
const PIXELS = waves([13, 3, 16, 16]);

const bare = (precision: Precision): Promise<Dinov2Model> =>
  Dinov2Model.fromConfig(CONFIG, { seed: 2, precision });

let tensors: number;
beforeAll(async () => {
  await setDevice('simd');
});
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => expect(memory().numTensors).toBe(tensors));

/** [CLS], patches and hidden states of a model, by the public forward pass. */
async function insideOf(precision: Precision): Promise<Record<string, Float32Array>> {
  using model = await bare(precision);
  using output = model.forward(PIXELS, { outputHiddenStates: true });
  const found: Record<string, Float32Array> = {};
  for (const [name, tensor] of output.named) found[name] = await readFloat32(tensor);
  return found;
}

/** Cosines of vectors one after the other, as the reports' own sums do not make them. */
function cosinesOf(a: Float32Array, b: Float32Array, width: number): number[] {
  return Array.from({ length: b.length / width }, (_, i) => {
    const [x, y] = [a, b].map((values) => values.slice(i * width, (i + 1) * width));
    return compareValues('', x ?? [], y ?? [], 0).cosine;
  });
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([1, 4, 20])('every layer and output is set beside f32, in batches of %d', async (batchSize) => {
  const [rounded, exact] = [await insideOf('i8'), await insideOf('f32')];
  const { precisions, f32, ...report } = await comparePrecisions(bare, PIXELS, {
    precisions: ['i8'],
    rounds: 1,
    batchSize,
  });
  expect(report).toEqual({
    architecture: 'Dinov2Model',
    device: 'simd',
    images: 13,
    synthetic: false,
    batch: Math.min(batchSize, 13),
    pool: 'cls',
  });
  expect(f32.precision).toBe('f32');
  expect(f32.milliseconds).toBeGreaterThan(0);
  const [found] = precisions;
  if (found === undefined) throw new Error('expected a precision');
  expect(found).toMatchObject({ precision: 'i8', images: 13, f32Milliseconds: f32.milliseconds });
  expect(found.speedup).toBeCloseTo(found.f32Milliseconds / found.milliseconds, 12);
  expect(found).not.toHaveProperty('logits');
  expect(found).not.toHaveProperty('labels');

  const { pooler_output: cls, last_hidden_state: last } = exact;
  const ofCls = cosinesOf(rounded.pooler_output ?? PIXELS.data, cls ?? PIXELS.data, 32);
  expect(found.cls.vectors).toBe(13);
  expect(found.cls.worst).toBeCloseTo(Math.min(...ofCls), 6);
  expect(found.cls.mean).toBeCloseTo(meanOf(ofCls), 6);
  expect(found.embedding).toEqual(found.cls);

  // tokens without CLS and registers
  const ofTokens = cosinesOf(rounded.last_hidden_state ?? PIXELS.data, last ?? PIXELS.data, 32);
  const ofPatches = ofTokens.filter((_, i) => i % 20 >= 4);
  expect(found.patches.vectors).toBe(13 * 16);
  expect(found.patches.worst).toBeCloseTo(Math.min(...ofPatches), 6);
  expect(found.patches.mean).toBeCloseTo(meanOf(ofPatches), 6);

  expect(found.layers).toHaveLength(3);
  for (const [i, layer] of found.layers.entries()) {
    const [a, b] = [rounded, exact].map((inside) => inside[`hidden_states.${i}`] ?? PIXELS.data);
    const { maxAbs, maxReference } = compareValues('', a ?? [], b ?? [], 0);
    expect(layer.vectors).toBe(13 * 20);
    expect(layer.maxAbs).toBeCloseTo(maxAbs, 5);
    expect(layer.largest).toBeCloseTo(maxReference, 5);
    expect(layer.worst).toBeCloseTo(Math.min(...cosinesOf(a ?? PIXELS.data, b ?? PIXELS.data, 32)), 6);
  }
  // the embedding of patches is not rounded
  expect(found.layers[0]?.maxAbs).toBe(0);
  expect(found.layers[2]?.maxAbs).toBeGreaterThan(1e-3);
});

test('vectors are pooled as is asked for', async () => {
  const vectors = async (precision: Precision): Promise<Float32Array[]> => {
    using model = await bare(precision);
    return embed(model, PIXELS, { pool: 'cls+mean' });
  };
  const [a, b] = [await vectors('i8'), await vectors('f32')];
  const expected = a.map((vector, i) => compareValues('', vector, b[i] ?? [], 0).cosine);
  const report = await comparePrecisions(bare, PIXELS, { precisions: ['i8'], rounds: 1, pool: 'cls+mean' });
  expect(report.precisions[0]?.embedding.worst).toBeCloseTo(Math.min(...expected), 6);
  expect(report.pool).toBe('cls+mean');
});

test('neighbours are looked for among all images, of each k that there are enough for', async () => {
  const options = { precisions: ['f16'], rounds: 1 } as const;
  const ksOf = ({ precisions }: PrecisionReport): unknown => precisions[0]?.neighbours.map(({ k }) => k);
  expect(ksOf(await comparePrecisions(bare, PIXELS, options))).toEqual([1, 10]);
  expect(ksOf(await comparePrecisions(bare, waves([10, 3, 16, 16]), options))).toEqual([1]);
  expect(ksOf(await comparePrecisions(bare, waves([1, 3, 16, 16]), options))).toEqual([]);
});

test('of a classifier logits and labels are compared', async () => {
  // another seed is another model, of which more labels differ than rounding changes
  const load = (precision: Precision): Promise<Dinov2ForImageClassification> =>
    Dinov2ForImageClassification.fromConfig(CONFIG, { seed: precision === 'f32' ? 1 : 2, precision });
  const logitsOf = async (precision: Precision): Promise<Float32Array> => {
    using model = await load(precision);
    using output = model.forward(PIXELS);
    return readFloat32(output.logits);
  };
  const [a, b] = [await logitsOf('i8'), await logitsOf('f32')];
  const best = (values: Float32Array, i: number): number => {
    const row = values.slice(5 * i, 5 * i + 5);
    return row.indexOf(Math.max(...row));
  };
  const same = Array.from({ length: 13 }, (_, i) => best(a, i) === best(b, i)).filter(Boolean).length;
  expect(same).toBeGreaterThan(0);
  expect(same).toBeLessThan(13);
  const { precisions } = await comparePrecisions(load, PIXELS, {
    precisions: ['i8'],
    rounds: 1,
    batchSize: 5,
  });
  expect(precisions[0]?.labels).toBe(same / 13);
  expect(precisions[0]?.logits?.worst).toBeCloseTo(Math.min(...cosinesOf(a, b, 5)), 6);
});

test('bytes are those of a file in the precision, and those that the backend keeps', async () => {
  const blocks = 2 * (4 * 32 * 32 + 2 * 32 * 128);
  const outputs = 2 * (4 * 32 + 128 + 32);
  using model = await bare('f32');
  const others = model.numParameters - blocks;
  const { f32, precisions } = await comparePrecisions(bare, PIXELS, { rounds: 1 });
  const [halves, eighths] = precisions;
  expect(f32.weightBytes).toBe(4 * model.numParameters);
  expect(halves?.weightBytes).toBe(4 * others + 2 * blocks);
  expect(eighths?.weightBytes).toBe(4 * others + blocks + 4 * outputs);
  // `simd` keeps 16 bits as they are
  expect(f32.memoryBytes - (halves?.memoryBytes ?? 0)).toBe(2 * blocks);

  await setDevice('cpu');
  const plain = await comparePrecisions(bare, waves([1, 3, 16, 16]), { rounds: 1 });
  await setDevice('simd');
  for (const each of [plain.f32, ...plain.precisions]) expect(each.memoryBytes).toBe(4 * model.numParameters);
});

test('a signal ends it, and frees both models', async () => {
  const controller = new AbortController();
  const running = comparePrecisions(DIGITS, paths, {
    batchSize: 1,
    signal: controller.signal,
    onImages: () => controller.abort(new Error('enough')),
  });
  await expect(running).rejects.toThrow('enough');
});

test('a signal ends it while passes are timed', async () => {
  const controller = new AbortController();
  const running = comparePrecisions(DIGITS, paths.slice(0, 1), {
    rounds: 100_000,
    signal: controller.signal,
    onImages: () => setTimeout(() => controller.abort(new Error('enough')), 20),
  });
  await expect(running).rejects.toThrow('enough');
});

test('images that can not be read are told once and left out, or end it', async () => {
  const told: unknown[] = [];
  const images = ['gone.png', ...paths.slice(0, 2)];
  const onError = (_error: unknown, name: string, index: number): number => told.push([name, index]);
  const report = await comparePrecisions(DIGITS, images, { rounds: 1, onError });
  expect(report.images).toBe(2);
  expect(told).toEqual([['gone.png', 0]]);
  await expect(comparePrecisions(DIGITS, images, { rounds: 1 })).rejects.toThrow(/^gone\.png: expected/);
  await expect(comparePrecisions(DIGITS, ['gone.png'], { rounds: 1, onError: 'skip' })).rejects.toThrow(
    'comparePrecisions: expected at least one image that can be read, got none',
  );
});

test('the bundled model is found to be a classifier, and keeps its labels and neighbours in f16', async () => {
  const told: [string, number][] = [];
  const { architecture, images, precisions } = await comparePrecisions(DIGITS, paths, {
    rounds: 1,
    batchSize: 4,
    onImages: (precision, done) => told.push([precision, done]),
  });
  expect([architecture, images]).toEqual(['Dinov2ForImageClassification', 10]);
  expect(told).toEqual(['f16', 'i8'].flatMap((name) => [4, 8, 10].map((done) => [name, done])));
  const [halves, eighths] = precisions;
  expect(halves).toMatchObject({ precision: 'f16', labels: 1, neighbours: [{ k: 1, share: 1 }] });
  expect(halves?.cls.worst).toBeGreaterThan(0.999999);
  expect(eighths?.labels).toBe(1);
  expect(eighths?.cls.worst).toBeGreaterThan(0.9999);
  expect(eighths?.patches.worst).toBeGreaterThan(0.9995);
  expect(eighths?.cls.worst).toBeLessThan(halves?.cls.worst ?? 0);
});

test('without images one of our own making is taken, the same each time', async () => {
  const options = { precisions: ['i8'], rounds: 1 } as const;
  const first = await comparePrecisions(DIGITS, undefined, options);
  expect(first).toMatchObject({ synthetic: true, images: 1, batch: 1, precisions: [{ neighbours: [] }] });
  const second = await comparePrecisions(DIGITS, undefined, options);
  expect(second.precisions[0]?.layers).toEqual(first.precisions[0]?.layers);
});

test('images may come from a generator, though they are gone through for each precision', async () => {
  function* each(): Generator<string> {
    yield* paths.slice(0, 3);
  }
  const { precisions } = await comparePrecisions(DIGITS, each(), { rounds: 1 });
  expect(precisions.map(({ images }) => images)).toEqual([3, 3]);
});

test('backbones may be compared too', async () => {
  const load = (precision: Precision): Promise<Dinov2Backbone> =>
    Dinov2Backbone.fromConfig(CONFIG, { seed: 2, precision });
  const options = { precisions: ['i8'], rounds: 1 } as const;
  const ofBackbone = await comparePrecisions(load, PIXELS, options);
  const ofModel = await comparePrecisions(bare, PIXELS, options);
  expect(ofBackbone.precisions[0]?.patches).toEqual(ofModel.precisions[0]?.patches);
});

const PROCESSOR = new BitImageProcessor();
test.each<[string, () => unknown, string]>([
  [
    'a function that does not pass the precision on',
    () => comparePrecisions(() => bare('f32'), PIXELS),
    'comparePrecisions: expected the function to load a model in f16, got one in f32; pass on',
  ],
  [
    'images without a processor',
    () => comparePrecisions(bare, paths),
    'comparePrecisions: expected a processor beside a function that loads, got none',
  ],
  [
    'an option of loading beside a function that loads',
    () => comparePrecisions(bare, PIXELS, { revision: 'main' }),
    'comparePrecisions: revision: expected none beside a function that loads, got "main"',
  ],
  [
    'a single image',
    () => Reflect.apply(comparePrecisions, undefined, [bare, paths[0], { processor: PROCESSOR }]),
    'got a single image; pass [image]',
  ],
  [
    'pixel values of another rank',
    () => comparePrecisions(bare, { ...PIXELS, shape: [13, 3, 256] } as unknown as PixelValues),
    'pixelValues must be [batch, channels, height, width]',
  ],
  [
    'a precision that does not round',
    () => Reflect.apply(comparePrecisions, undefined, [bare, PIXELS, { precisions: ['f32'] }]),
    'comparePrecisions: precisions: expected some of f16, i8',
  ],
  [
    'no precision',
    () => comparePrecisions(bare, PIXELS, { precisions: [] }),
    'comparePrecisions: precisions: expected some of f16, i8',
  ],
  [
    'the option of loading',
    () => Reflect.apply(comparePrecisions, undefined, [DIGITS, PIXELS, { precision: 'i8' }]),
    'got precision; write precisions',
  ],
])('%s is refused', async (_, call, message) => {
  await expect((async () => call())()).rejects.toThrow(message);
});
