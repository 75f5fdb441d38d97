/** Going over images: order, batches, bounded memory, what is freed, and what becomes of images that can't be read. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import { getBackend, memory } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { AutoImageProcessor, BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelImage } from '../../images/inputs/pixel-image.ts';
import { allOf } from '../../testing/all-of.ts';
import { waveImage } from '../../testing/wave-image.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { withSmallModel } from '../testing/small-model.ts';
import { classifyImages } from './classify-images.ts';
import { embed } from './embed.ts';
import { type EmbedImagesOptions, embedImages, type ImageEmbedding } from './embed-images.ts';
import type { Images } from './image-batches.ts';

const MODEL = new URL('../../models/digits', import.meta.url).pathname;
const DIGITS = new URL('../../examples/pictures/digits/', import.meta.url);
const paths = readdirSync(DIGITS)
  .sort()
  .map((file) => new URL(file, DIGITS).pathname);
/** Images of 16 pixels as they are. */
const PLAIN = new BitImageProcessor({ doResize: false, doCenterCrop: false });

beforeAll(() => setDevice('auto'));

const vectorsOf = async (images: Images, options: EmbedImagesOptions = {}): Promise<number[][]> =>
  (await allOf(embedImages(MODEL, images, options))).map(({ vector }) => [...vector]);

test('a source, paths: the vectors that a model and its processor give one by one, in order, and nothing is left', async () => {
  const before = memory().numTensors;
  const found = await allOf(embedImages(MODEL, paths, { batchSize: 4, normalize: true, pool: 'cls+mean' }));
  expect(memory().numTensors).toBe(before);
  const processor = await AutoImageProcessor.fromPretrained(MODEL);
  using model = await Dinov2Model.fromPretrained(MODEL);
  const { pixelValues } = await processor.preprocess(paths);
  const expected = await embed(model, pixelValues, { normalize: true, pool: 'cls+mean' });
  expect(found.map(({ name, index }) => [name, index])).toEqual(paths.map((path, i) => [path, i]));
  for (const [i, { vector }] of found.entries())
    expect([...vector]).toEqual(Array.from(expected[i] ?? [], (value) => expect.closeTo(value, 5)));
});

test('images are named by their path, URL or File, else by their number, or as is said', async () => {
  const [path = ''] = paths;
  const bytes = await readFile(path);
  const url = new URL(path, 'file://');
  const images = [
    path,
    url,
    new File([bytes], 'three.png'),
    bytes,
    new Blob([bytes]),
    { name: 'mine', image: bytes },
  ];
  const found = await allOf(embedImages(MODEL, images));
  expect(found.map(({ name }) => name)).toEqual([path, url.href, 'three.png', '3', '4', 'mine']);
  expect(new Set(found.map(({ vector }) => String(vector))).size).toBe(1);
});

test('batches are of images of one size, as many as are asked for, and in order', () =>
  withSmallModel(async (model) => {
    const sizes: (readonly number[])[] = [];
    const forward = jest.spyOn(model, 'forward');
    const images = [16, 16, 16, 20, 16, 16].map((width, i) => waveImage(width, 16, i + 1));
    const found = await allOf(embedImages(model, images, { processor: PLAIN, batchSize: 2 }));
    for (const [pixelValues] of forward.mock.calls) sizes.push(pixelValues.shape);
    expect(sizes.map(([B, , , W]) => [B, W])).toEqual([
      [2, 16],
      [1, 16],
      [1, 20],
      [2, 16],
    ]);
    expect(found.map(({ name }) => name)).toEqual(['0', '1', '2', '3', '4', '5']);
    forward.mockRestore();
  }));

test('no more than two batches are read ahead of what is taken, and a loop that is left frees the model', async () => {
  const before = memory().numTensors;
  let read = 0;
  let stopped = false;
  async function* endless(): AsyncGenerator<PixelImage> {
    try {
      for (;;) yield waveImage(32, 32, ++read);
    } finally {
      stopped = true;
    }
  }
  let taken = 0;
  for await (const { index } of embedImages(MODEL, endless(), { batchSize: 3 })) {
    expect(index).toBe(taken++);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(read).toBeLessThanOrEqual(3 * (Math.ceil(taken / 3) + 2));
    if (taken === 10) break;
  }
  expect(stopped).toBe(true);
  expect(memory().numTensors).toBe(before);
});

test('the next batch is read before the vectors of one are handed out', () =>
  withSmallModel(async (model) => {
    const asked: number[] = [];
    function* images(): Generator<PixelImage> {
      for (let i = 0; i < 4; i++) {
        asked.push(i);
        yield waveImage(16, 16, i + 1);
      }
    }
    const vectors = embedImages(model, images(), { processor: PLAIN, batchSize: 1 });
    expect(asked).toEqual([]);
    await vectors.next();
    expect(asked).toContain(1);
    await vectors.return();
  }));

test.each<[string, EmbedImagesOptions['onError'], boolean]>([
  ['by default', undefined, true],
  ['if so asked', 'throw', true],
  ['not if it is to be skipped', 'skip', false],
])('an image that can not be read ends it %s', async (_, onError, ends) => {
  const before = memory().numTensors;
  const [first = '', second = ''] = paths;
  const vectors = allOf(embedImages(MODEL, [first, 'no-such.png', second], { onError }));
  if (ends) await expect(vectors).rejects.toThrow(/^no-such\.png: expected a path/);
  else
    expect((await vectors).map(({ name, index }) => [name, index])).toEqual([
      [first, 0],
      [second, 2],
    ]);
  expect(memory().numTensors).toBe(before);
});

test('whoever is told of an image that can not be read is told its name, and may end it', async () => {
  const [path = ''] = paths;
  const told: [string, unknown][] = [];
  const images = ['a.png', path, { name: 'b', image: new Uint8Array(9) }];
  const found = await allOf(
    embedImages(MODEL, images, { onError: (error, name) => told.push([name, (error as Error).name]) }),
  );
  expect(found).toHaveLength(1);
  expect(told).toEqual([
    ['a.png', 'SourceError'],
    ['b', 'ImageError'],
  ]);
  const onError = (error: unknown): never => {
    throw error;
  };
  await expect(vectorsOf(images, { onError })).rejects.toThrow(/^a\.png/);
});

test('a signal ends it, also where images may be skipped, and the model is freed', async () => {
  const before = memory().numTensors;
  const controller = new AbortController();
  const found: ImageEmbedding[] = [];
  const reading = (async () => {
    const { signal } = controller;
    for await (const each of embedImages(MODEL, paths, { batchSize: 1, onError: 'skip', signal })) {
      found.push(each);
      controller.abort();
    }
  })();
  await expect(reading).rejects.toThrow(/abort/);
  expect(found).toHaveLength(1);
  expect(memory().numTensors).toBe(before);
});

test('what images come from may fail, and the error is its own', async () => {
  const before = memory().numTensors;
  function* failing(): Generator<string> {
    yield paths[0] ?? '';
    throw new RangeError('no more');
  }
  await expect(vectorsOf(failing(), { onError: 'skip', batchSize: 1 })).rejects.toThrow(RangeError);
  expect(memory().numTensors).toBe(before);
});

test('a source without a processor is embedded by the settings of DINOv2, which is said', async () => {
  const said: string[] = [];
  const files = Object.fromEntries(
    await Promise.all(
      ['config.json', 'model.safetensors'].map(
        async (file) => [file, await readFile(`${MODEL}/${file}`)] as const,
      ),
    ),
  );
  const images = [waveImage(300, 300, 1)];
  const found = await allOf(embedImages(files, images, { onWarning: (message) => said.push(message) }));
  expect(said).toEqual([
    expect.stringContaining("embedImages: the source says nothing of images: DINOv2's settings"),
  ]);
  using model = await Dinov2Model.fromPretrained(files);
  const [expected] = await embed(model, (await new BitImageProcessor().preprocess(images)).pixelValues);
  expect(found[0]?.vector).toEqual(expected);
});

test('a device is started before the model is loaded', async () => {
  expect(await vectorsOf(paths.slice(0, 1), { device: 'cpu' })).toHaveLength(1);
  expect(getBackend()).toBe('cpu');
  await setDevice('auto');
});

test('classifyImages gives the labels of each image, best first', async () => {
  const before = memory().numTensors;
  const found = await allOf(classifyImages(MODEL, paths, { topK: 2 }));
  for (const { name, labels } of found) {
    expect(labels).toHaveLength(2);
    expect(name).toContain(`${labels[0]?.label}`);
  }
  const labels = 'abcdefghij'.split('');
  const [first] = await allOf(classifyImages(MODEL, paths.slice(0, 1), { labels, topK: 1 }));
  expect(labels).toContain(first?.labels[0]?.label);
  expect(memory().numTensors).toBe(before);
});

test('weights are rounded as for the model that is loaded in a precision', async () => {
  using model = await Dinov2Model.fromPretrained(MODEL, { precision: 'i8' });
  const processor = await AutoImageProcessor.fromPretrained(MODEL);
  const few = paths.slice(0, 2);
  const expected = await allOf(embedImages(model, few, { processor }));
  expect(await allOf(embedImages(MODEL, few, { precision: 'i8' }))).toEqual(expected);
  expect(await allOf(embedImages(MODEL, few))).not.toEqual(expected);
  const [one] = await allOf(classifyImages(MODEL, few, { precision: 'i8', topK: 1 }));
  const [exact] = await allOf(classifyImages(MODEL, few, { topK: 1 }));
  expect(one?.labels[0]?.label).toBe(exact?.labels[0]?.label);
  expect(one?.labels[0]?.score).not.toBe(exact?.labels[0]?.score);
  expect(() => embedImages(model, few, { processor, precision: 'i8' })).toThrow(
    'embedImages: precision: expected none beside a model that is loaded, got "i8"',
  );
});

test.each<[string, unknown, unknown, object, string]>([
  ['a path', MODEL, paths[0], {}, 'got a single image; pass [image]'],
  ['bytes', MODEL, new Uint8Array(3), {}, 'got a single image; pass [image]'],
  ['a promise of images', MODEL, Promise.resolve(paths), {}, 'got a promise; await it'],
  ['nothing', MODEL, undefined, {}, 'got undefined; pass a list'],
  ['an unknown option', MODEL, paths, { batch_size: 1 }, 'got batch_size; write batchSize'],
  ['a batch of nothing', MODEL, paths, { batchSize: 0 }, 'batchSize must be a positive integer, got 0'],
  ['an unknown pooling', MODEL, paths, { pool: 'max' }, 'pool must be one of cls, mean, cls+mean'],
  [
    'an unknown way of errors',
    MODEL,
    paths,
    { onError: 'warn' },
    "onError: expected 'throw', 'skip' or a function",
  ],
  ['an unknown device', MODEL, paths, { device: 'gpu' }, 'device: expected one of auto, simd'],
  ['a promise of a model', Promise.resolve(1), paths, {}, 'expected a Dinov2Model, got a promise; await it'],
])('%s is refused at once', (_, source, images, options, message) => {
  expect(() => Reflect.apply(embedImages, undefined, [source, images, options])).toThrow(message);
});

test('a model that is loaded needs a processor, and no options of loading', () =>
  withSmallModel((model) => {
    expect(() => embedImages(model, paths)).toThrow(
      /expected a processor beside a model that is loaded, got none; give/,
    );
    expect(() => embedImages(model, paths, { processor: PLAIN, offline: true })).toThrow(
      'embedImages: offline: expected none beside a model that is loaded, got true',
    );
    expect(() => Reflect.apply(classifyImages, undefined, [model, paths, { processor: PLAIN }])).toThrow(
      'classifyImages: expected a Dinov2ForImageClassification, got a Dinov2Model; load it by',
    );
  }));
