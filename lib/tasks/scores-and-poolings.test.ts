/** The scores of a classifier and the poolings of an embedding, against their formulas. */

import type { PixelValues } from '../../images/pixel-values.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { classify } from './classify.ts';
import { embed, type Pooling } from './embed.ts';

const MODELS = new URL('../../conformance/fixtures/models/', import.meta.url).pathname;

const pixels: PixelValues = {
  data: Float32Array.from({ length: 2 * 3 * 24 * 24 }, (_, i) => Math.sin(i * 0.7) + Math.cos(i * i)),
  shape: [2, 3, 24, 24],
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

const softmax = (logits: readonly number[]): number[] => {
  const powers = logits.map(Math.exp);
  return powers.map((power) => power / sum(powers));
};
const sigmoid = (logits: readonly number[]): number[] => logits.map((x) => 1 / (1 + Math.exp(-x)));
const plain = (logits: readonly number[]): readonly number[] => logits;

test.each([
  ['classifier', undefined, softmax],
  ['classifier', 'multi_label_classification', sigmoid],
  ['classifier-regression', undefined, sigmoid],
  ['classifier-regression-3', undefined, plain],
] as const)('the scores of %s with problem type %p', async (name, problemType, activation) => {
  using model = await Dinov2ForImageClassification.fromPretrained(
    `${MODELS}${name}`,
    problemType === undefined ? {} : { problemType },
  );
  using output = model.forward(pixels);
  const logits = output.logits.arraySync() as number[][];
  const results = await classify(model, pixels, { topK: 9 });
  for (const [i, row] of logits.entries()) {
    const expected = activation(row)
      .map((score, id) => ({
        label: model.config.id2label[id],
        score: expect.closeTo(score, 5),
        value: score,
      }))
      .sort((a, b) => b.value - a.value)
      .map(({ label, score }) => ({ label, score }));
    expect(results[i]).toEqual(expected);
  }
  expect(results).toHaveLength(2);
});

test('five labels, or as many as are asked for', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(`${MODELS}classifier`);
  const wide = await Dinov2ForImageClassification.fromConfig(model.config.with({ numLabels: 7 }));
  const [labels] = await classify(wide, pixels);
  expect(labels).toHaveLength(5);
  const [two] = await classify(wide, pixels, { topK: 2 });
  expect(two).toEqual(labels?.slice(0, 2));
  await expect(classify(wide, pixels, { topK: 0 })).rejects.toThrow(/topK must be a positive integer/);
  wide.dispose();
});

test('a model without labels classifies nothing', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(`${MODELS}classifier-features`);
  await expect(classify(model, pixels)).rejects.toThrow(/expected a model with labels/);
});

test.each(['plain-mlp', 'registers-mlp'])('poolings of %s', async (name) => {
  using model = await Dinov2Model.fromPretrained(`${MODELS}${name}`);
  using output = model.forward(pixels);
  const tokens = output.lastHiddenState.arraySync();
  const registers = name.startsWith('registers') ? 4 : 0;
  const close = (rows: number[][]) => rows.map((row) => row.map((value) => expect.closeTo(value, 4)));
  const vectorsOf = async (options?: { pool?: Pooling; normalize?: boolean }): Promise<number[][]> =>
    (await embed(model, pixels, options)).map((vector) => [...vector]);

  const cls = tokens.map(([first = []]) => first);
  const mean = tokens.map((rows) => {
    const patches = rows.slice(1 + registers);
    return (patches[0] ?? []).map((_, k) => sum(patches.map((row) => row[k] ?? 0)) / 36);
  });
  expect(await vectorsOf()).toEqual(close(cls));
  expect(await vectorsOf({ pool: 'cls' })).toEqual(close(cls));
  expect(await vectorsOf({ pool: 'mean' })).toEqual(close(mean));
  const both = cls.map((row, i) => [...row, ...(mean[i] ?? [])]);
  expect(await vectorsOf({ pool: 'cls+mean' })).toEqual(close(both));
  const unit = both.map((row) => row.map((value) => value / Math.hypot(...row)));
  expect(await vectorsOf({ pool: 'cls+mean', normalize: true })).toEqual(close(unit));
});

test('a model without a classifier is refused', async () => {
  using model = await Dinov2Model.fromPretrained(`${MODELS}classifier`);
  // @ts-expect-error what JavaScript allows
  await expect(classify(model, pixels)).rejects.toThrow(/expected a Dinov2ForImageClassification/);
});
