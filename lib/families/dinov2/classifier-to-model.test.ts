/** A model whose head is a classifier of features gives the classifier's scores. */
import { fileURLToPath } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import { setDevice } from '../../../backends/devices.ts';
import { pretrainedFiles } from '../../saving/save-pretrained.ts';
import { waves } from '../../testing/small-model.ts';
import {
  type ClassifierFeaturesOptions,
  classifierToModel,
  type LinearScores,
} from './classifier-to-model.ts';
import { Dinov2ForImageClassification } from './dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2-model.ts';

const DIGITS = fileURLToPath(new URL('../../../models/digits', import.meta.url));
const PIXELS = waves([2, 3, 32, 32]);
const D = 96;

beforeAll(() => setDevice('simd', { threads: 1 }));

let model: Dinov2Model;
beforeAll(async () => {
  model = await Dinov2Model.fromPretrained(DIGITS);
});
afterAll(() => model.dispose());

/** The features that the issue of `blocks` and `averagePool` is about, of each image. */
async function features(blocks: number, averagePool: boolean): Promise<number[][]> {
  using headless = await Dinov2ForImageClassification.fromPretrained(DIGITS, {
    newHead: true,
    numLabels: 1,
    fields: { numClassifierLayers: blocks },
  });
  const identity = Array.from({ length: (blocks + 1) * D }, (_, i) => i);
  const weight = new Float64Array(identity.length ** 2);
  for (const i of identity) weight[i * identity.length + i] = 1;
  const whole = { weight, bias: new Float64Array(identity.length), numClasses: identity.length };
  using all = await classifierToModel(headless, { ...whole, dim: identity.length }, { blocks });
  using output = all.forward(PIXELS);
  const rows = output.logits.arraySync();
  return averagePool ? rows : rows.map((row) => row.slice(0, blocks * D));
}

function classifier(numClasses: number, dim: number, rows = numClasses): LinearScores {
  const weight = Float64Array.from({ length: rows * dim }, (_, i) => Math.sin(i * 1.3) / 10);
  return { weight, bias: Float64Array.from({ length: rows }, (_, i) => i / 4 - 0.5), numClasses, dim };
}

test.each<[string, number, number, boolean, ClassifierFeaturesOptions]>([
  ['CLS alone', D, 1, false, {}],
  ['CLS and the mean of the patches', 2 * D, 1, true, {}],
  ['CLS of three blocks', 3 * D, 3, false, { blocks: 3 }],
  ['CLS of two blocks and the mean', 3 * D, 2, true, { blocks: 2, averagePool: true }],
])('a classifier of %s', async (_, dim, blocks, averagePool, options) => {
  const made = classifier(5, dim);
  using head = await classifierToModel(model, made, options);
  using output = head.forward(PIXELS);
  const expected = (await features(blocks, averagePool)).map((row) =>
    Array.from({ length: 5 }, (_, c) =>
      row.reduce((sum, value, i) => sum + value * Number(made.weight[c * dim + i]), Number(made.bias[c])),
    ),
  );
  for (const [i, row] of output.logits.arraySync().entries())
    for (const [c, score] of row.entries()) expect(score).toBeCloseTo(expected[i]?.[c] ?? Number.NaN, 4);
});

test('the one row of two classes is the second', async () => {
  using head = await classifierToModel(model, classifier(2, D, 1), { labels: ['no', 'yes'] });
  using all = await classifierToModel(model, classifier(1, D));
  using output = head.forward(PIXELS);
  using expected = all.forward(PIXELS);
  expect(output.logits.arraySync()).toEqual(expected.logits.arraySync().map(([score]) => [0, score]));
  expect(head.config.id2label).toEqual({ 0: 'no', 1: 'yes' });
});

test('it shares the memory of the backbone, outlives it, and is saved with the same bits', async () => {
  const before = memory().numDataBuffers;
  const backbone = await Dinov2Model.fromPretrained(DIGITS);
  const loaded = memory().numDataBuffers;
  const head = await classifierToModel(backbone, classifier(10, D));
  expect(memory().numDataBuffers - loaded).toBe(2);
  backbone.dispose();
  using again = await Dinov2ForImageClassification.fromPretrained(await pretrainedFiles(head));
  using output = head.forward(PIXELS);
  using expected = again.forward(PIXELS);
  expect(output.logits.dataSync()).toEqual(expected.logits.dataSync());
  for (const each of [head, again, output, expected]) each.dispose();
  expect(memory().numDataBuffers).toBe(before);
});

test.each<[LinearScores, ClassifierFeaturesOptions, RegExp]>([
  [classifier(3, 5), {}, /expected features of 96 or 192 values, as 1 of the model's blocks give, got 5/],
  [classifier(3, D), { averagePool: true }, /expected features of 192 values/],
  [classifier(3, D), { blocks: 9 }, /blocks: expected at most 4, got 9/],
  [classifier(3, D), { labels: ['a'] }, /expected 3 labels, as many as the classifier has, got 1/],
  [classifier(3, D, 2), {}, /expected 3 × 96 values of the classifier, got 192/],
])('what does not fit is refused', async (given, options, message) => {
  await expect(classifierToModel(model, given, options)).rejects.toThrow(message);
});
