import { readFileSync } from 'node:fs';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { safetensorsParts, type TensorToWrite } from '../../weights/write/encode-safetensors.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { LINEAR_HEAD } from '../heads/linear/head.ts';
import { loadModel } from './load-model.ts';

const MODELS = new URL('../../conformance/fixtures/models/', import.meta.url).pathname;
const FOUR = `${MODELS}linear-4-registers`;
const HEAD = `${FOUR}/linear_head.safetensors`;
const PIXELS = {
  data: Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i)),
  shape: [1, 3, 24, 24] as const,
};

async function tensorsOf(path: string, prefix = ''): Promise<TensorToWrite[]> {
  const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(path))), path);
  return Promise.all(
    [...file.tensors.values()].map(async ({ name, dtype, shape }) => {
      return { name: prefix + name, dtype, shape, bytes: await file.read(name) };
    }),
  );
}

/** The model and its head in one file, with a configuration that says what the head reads. */
async function inOneFile(): Promise<Record<string, Uint8Array>> {
  const tensors = [...(await tensorsOf(`${FOUR}/model.safetensors`)), ...(await tensorsOf(HEAD, 'head.'))];
  const config: object = JSON.parse(readFileSync(`${FOUR}/config.json`, 'utf8'));
  const text = JSON.stringify({ ...config, num_labels: 5, num_classifier_layers: 4 });
  return {
    'config.json': new TextEncoder().encode(text),
    'model.safetensors': new Uint8Array(Buffer.concat(safetensorsParts(tensors))),
  };
}

test('a head of its own gives what the same head in the checkpoint gives', async () => {
  using joined = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD });
  using whole = await Dinov2ForImageClassification.fromPretrained(await inOneFile());
  expect(joined.config).toMatchObject({ numClassifierLayers: 4, numLabels: 5 });
  expect(joined.config).toEqual(whole.config);
  using logits = joined.forward(PIXELS);
  using expected = whole.forward(PIXELS);
  expect(logits.logits.dataSync()).toEqual(expected.logits.dataSync());
});

test('a subfolder and a revision are those of the backbone', async () => {
  const files = {
    'backbone/config.json': readFileSync(`${FOUR}/config.json`),
    'backbone/model.safetensors': new Uint8Array(readFileSync(`${FOUR}/model.safetensors`)),
  };
  const options = { subfolder: 'backbone', revision: 'main', head: HEAD };
  using model = await Dinov2ForImageClassification.fromPretrained(files, options);
  expect(model.config.numClassifierLayers).toBe(4);
});

test('hidden states are returned as asked, whatever the head reads', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD });
  using none = model.forward(PIXELS);
  expect(none.hiddenStates).toBeUndefined();
  using all = model.forward(PIXELS, { outputHiddenStates: true });
  using some = model.forward(PIXELS, { outputHiddenStates: [3, -1] });
  const values = [3, 5].map((i) => all.hiddenStates?.[i]?.dataSync());
  expect(some.hiddenStates?.map((state) => state.dataSync())).toEqual(values);
  expect(some.logits.dataSync()).toEqual(none.logits.dataSync());
});

test('without labels the features of all layers are returned, in order', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD });
  const config = model.config.with({ numLabels: 0 });
  using bare = await Dinov2ForImageClassification.fromPretrained(FOUR, { config });
  using features = bare.forward(PIXELS);
  expect(features.logits.shape).toEqual([1, 5 * 12]);
  using plain = await Dinov2Model.fromPretrained(FOUR);
  using tokens = plain.forward(PIXELS);
  expect(features.logits.dataSync().slice(3 * 12, 4 * 12)).toEqual(tokens.poolerOutput.dataSync());
});

test('labels are those given, or those of the configuration if there are as many, or numbers', async () => {
  const labels = ['a', 'b', 'c', 'd', 'e'];
  using named = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD, labels });
  expect(Object.values(named.config.id2label)).toEqual(labels);
  const { config } = named;
  using kept = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD, config });
  expect(kept.config.id2label).toEqual(config.id2label);
  using numbered = await Dinov2ForImageClassification.fromPretrained(FOUR, { head: HEAD });
  expect(numbered.config.id2label[4]).toBe('LABEL_4');
  using whole = await Dinov2ForImageClassification.fromPretrained(await inOneFile(), { labels });
  expect(whole.config.id2label).toEqual(config.id2label);
});

test.each<[string, object, RegExp]>([
  ['labels that are too few', { head: HEAD, labels: ['a'] }, /^labels: expected 5 labels/],
  ['a thousand labels', { head: HEAD, labels: 'imagenet-1k' }, /^labels: expected 5 labels.*got 1000$/],
  [
    'a head that is a whole model',
    { head: `${MODELS}classifier` },
    /classifier\/model\.safetensors: expected a linear head/,
  ],
  ['a head that does not exist', { head: './none.safetensors' }, /none\.safetensors: expected a folder/],
])('refuses %s', async (_, options, message) => {
  await expect(Dinov2ForImageClassification.fromPretrained(FOUR, options)).rejects.toThrow(message);
});

test('only classifiers take a head', async () => {
  const options: object = { head: HEAD };
  await expect(Dinov2Model.fromPretrained(FOUR, options)).rejects.toThrow(
    /got head; it is of a classifier: load it by AutoModelForImageClassification$/,
  );
});

test('a file of its own is read as the head of the class that loads, whatever it looks like', async () => {
  const { architectures, kind, files, outputs, load, create } = Dinov2ForImageClassification;
  const { join: _join, ...head } = LINEAR_HEAD;
  const wanted = { architectures, kind, files, outputs, load, create, head };
  await expect(loadModel([wanted], FOUR, { head: HEAD })).rejects.toThrow(
    /linear_head\.safetensors: expected head\.\* in the model's checkpoint, got a file of its own$/,
  );
});
