/** Features of datasets: their values, and when those of a file are taken. */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { type Dataset, datasetOf } from './dataset.ts';
import { type DatasetFeatures, datasetFeatures, type FeaturesOptions } from './dataset-features.ts';

const DIGITS = fileURLToPath(new URL('../../models/digits', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../examples/pictures/digits', import.meta.url));
const D = 96;
const OTHER = new BitImageProcessor({ size: 40, cropSize: 32 });

let folder = '';
let model: Dinov2ForImageClassification;
let processor: BitImageProcessor;
beforeAll(async () => {
  await setDevice('simd', { threads: 1 });
  model = await Dinov2ForImageClassification.fromPretrained(DIGITS);
  processor = await BitImageProcessor.fromPretrained(DIGITS);
});
afterAll(() => model.dispose());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-features-'));
  for (const name of ['one', 'two', 'three'])
    copyFileSync(`${IMAGES}/${name}.png`, join(folder, `${name}.png`));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function digits(...names: string[]): Dataset {
  return datasetOf(
    names.map((name) => ({
      name,
      image: join(folder, `${name}.png`),
      label: name === 'two' ? 'even' : 'odd',
    })),
  );
}

/** Features of a file, with what was said of them. */
async function kept(dataset: Dataset, options: FeaturesOptions = {}): Promise<[DatasetFeatures, string[]]> {
  const said: string[] = [];
  const file = join(folder, 'features.safetensors');
  const given = { processor, file, onWarning: (message: string) => said.push(message), ...options };
  return [await datasetFeatures(model, dataset, given), said];
}

test('features are the CLS tokens after the norm, and the mean of the patches', async () => {
  const features = await datasetFeatures(model, digits('one', 'two', 'three'), { processor, batchSize: 2 });
  expect(features).toMatchObject({ names: ['one', 'two', 'three'], classes: ['even', 'odd'], dim: D });
  expect([...features.labels]).toEqual([1, 0, 1]);
  const { pixelValues } = await processor.preprocess(join(folder, 'two.png'));
  tidy(() => {
    const { kept: states } = model.layers.forward('test', pixelValues, {}, [1, 2, 3, 4]);
    const normed = states.map((state) => model.layers.norm.forward(state).arraySync()[0] ?? []);
    for (const [i, tokens] of normed.entries())
      expect([...(features.layers[i]?.slice(D, 2 * D) ?? [])]).toEqual(tokens[0]);
    const patches = normed[3]?.slice(1) ?? [];
    for (const [d, value] of features.patchMean.slice(D, 2 * D).entries())
      expect(value).toBeCloseTo(patches.reduce((sum, patch) => sum + (patch[d] ?? 0), 0) / patches.length, 5);
  });
});

test('features of a file are taken as long as model, processor and images are the same', async () => {
  const dataset = digits('one', 'two');
  const [first] = await kept(dataset);
  expect(first.reused).toBe(false);
  const [again, said] = await kept(dataset);
  expect(again).toEqual({ ...first, reused: true });
  expect(said).toEqual([]);
  // each is computed again, as the file has those before it
  const changes: [() => Promise<[DatasetFeatures, string[]]>, RegExp][] = [
    [() => kept(digits('two', 'three')), /other images or labels: they are computed again/],
    [() => kept(digits('two', 'three'), { processor: OTHER }), /another image processor/],
    [() => kept(digits('two', 'three'), { processor: OTHER, blocks: 1 }), /other blocks/],
  ];
  for (const [change, message] of changes) {
    const [features, warnings] = await change();
    expect(features.reused).toBe(false);
    expect(warnings).toEqual([expect.stringMatching(message)]);
  }
  await kept(dataset);
  using other = await Dinov2ForImageClassification.fromConfig(model.config, { seed: 3 });
  const file = join(folder, 'features.safetensors');
  const options = { processor, file, onWarning: (message: string) => said.push(message) };
  expect((await datasetFeatures(other, dataset, options)).reused).toBe(false);
  expect(said).toEqual([expect.stringMatching(/another model/)]);
});

test('an image that was changed, or can not be read, is seen', async () => {
  const dataset = digits('one', 'two', 'three');
  const [first] = await kept(dataset);
  writeFileSync(join(folder, 'two.png'), 'no image');
  const errors: string[] = [];
  const onError = (_: unknown, name: string) => errors.push(name);
  const [features] = await kept(dataset, { onError });
  expect(features).toMatchObject({ names: ['one', 'three'], reused: false });
  expect(features.failed).toEqual([
    { name: 'two', error: expect.stringMatching(/two: expected an image in one of/) },
  ]);
  expect([...features.labels]).toEqual([1, 1]);
  expect(features.patchMean.slice(D)).toEqual(first.patchMean.slice(2 * D));
  const [again] = await kept(dataset, { onError });
  expect(again).toEqual({ ...features, reused: true });
  expect(errors).toEqual(['two', 'two']);
});

test('a touched file is computed again, and a file of something else stays', async () => {
  const dataset = digits('one', 'two');
  await kept(dataset);
  const { mtimeMs } = statSync(join(folder, 'one.png'));
  utimesSync(join(folder, 'one.png'), new Date(), new Date(mtimeMs + 5000));
  expect((await kept(dataset))[0].reused).toBe(false);
  for (const file of [join(DIGITS, 'model.safetensors'), join(folder, 'one.png')]) {
    const before = readFileSync(file).length;
    await expect(kept(dataset, { file })).rejects.toThrow(/expected (features|a file of features)/);
    expect(readFileSync(file)).toHaveLength(before);
  }
});

test.each<[() => Promise<unknown>, RegExp]>([
  [() => datasetFeatures(model, digits('one', 'two')), /expected a processor beside a model that is loaded/],
  [
    () => datasetFeatures(model, digits('one', 'two'), { processor, blocks: 5 }),
    /blocks: expected at most 4, got 5/,
  ],
  [
    () => datasetFeatures(model, { ...digits('one', 'two'), problemType: 'regression' }, { processor }),
    /got regression/,
  ],
  [
    () => kept({ ...digits('one', 'two'), items: [{ name: 'bytes', image: new Uint8Array(8), label: 0 }] }),
    /bytes: expected a path or an address where features are kept in a file/,
  ],
  [() => datasetFeatures({} as never, digits('one', 'two')), /expected a model on TF.js, got \{\}/],
])('%# what can not be computed is refused', async (call, message) => {
  await expect(call()).rejects.toThrow(message);
});
