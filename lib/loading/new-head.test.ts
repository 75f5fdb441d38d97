/** Heads that are made for a backbone, or in place of another. */
import { fileURLToPath } from 'node:url';
import { MODELS } from '../../weights/testing/checkpoints.ts';
import { AutoModelForImageClassification } from '../families/auto.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { ClassifierLoadOptions } from '../families/dinov2/load-options.ts';
import { waves } from '../testing/small-model.ts';

const DIGITS = fileURLToPath(new URL('../../models/digits', import.meta.url));
const BACKBONE = `${MODELS}registers-mlp`;

/** The values of a weight. */
function valuesOf(model: Dinov2ForImageClassification, name: string): Float32Array {
  return model.parameters.get(name)?.dataSync<'float32'>() ?? new Float32Array();
}

test('a backbone gets a head of normal weights, no bias, and the labels', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(BACKBONE, {
    newHead: true,
    labels: ['cat', 'dog', 'owl'],
  });
  expect(model.config.id2label).toEqual({ 0: 'cat', 1: 'dog', 2: 'owl' });
  const weight = valuesOf(model, 'head.weight');
  expect(model.parameters.get('head.weight')?.shape).toEqual([3, 2 * model.config.hiddenSize]);
  const deviation = Math.hypot(...weight) / Math.sqrt(weight.length);
  expect(deviation / model.config.initializerRange).toBeGreaterThan(0.8);
  expect(deviation / model.config.initializerRange).toBeLessThan(1.2);
  expect([...valuesOf(model, 'head.bias')]).toEqual([0, 0, 0]);
  using backbone = await Dinov2Model.fromPretrained(BACKBONE);
  for (const [name, tensor] of backbone.parameters)
    expect(model.parameters.get(name)?.dataSync()).toEqual(tensor.dataSync());
});

test('a head of other labels takes the place of the one that is there', async () => {
  const load = (seed: number) =>
    AutoModelForImageClassification.fromPretrained(DIGITS, { newHead: true, numLabels: 3, seed });
  using model = await load(5);
  using again = await load(5);
  using other = await load(6);
  expect(model.config.id2label).toEqual({ 0: 'LABEL_0', 1: 'LABEL_1', 2: 'LABEL_2' });
  using output = model.forward(waves([2, 3, 32, 32]));
  expect(output.logits.shape).toEqual([2, 3]);
  const weight = valuesOf(model, 'head.weight');
  expect(valuesOf(again, 'head.weight')).toEqual(weight);
  expect(valuesOf(other, 'head.weight')).not.toEqual(weight);
  using fresh = await Dinov2ForImageClassification.fromConfig(model.config, { seed: 5 });
  expect(valuesOf(fresh, 'head.weight')).toEqual(weight);
});

test('a head over four layers stays one', async () => {
  using model = await Dinov2ForImageClassification.fromPretrained(BACKBONE, {
    newHead: true,
    numLabels: 2,
    fields: { numClassifierLayers: 2 },
  });
  expect(model.parameters.get('head.weight')?.shape).toEqual([2, 3 * model.config.hiddenSize]);
});

test.each<[ClassifierLoadOptions, RegExp]>([
  [{ newHead: true }, /newHead: expected labels or numLabels beside it, got neither/],
  [{ newHead: true, numLabels: 0 }, /numLabels must be a positive integer, got 0/],
  [
    { newHead: true, numLabels: 3, labels: ['a'] },
    /numLabels: expected 1, as many as there are labels, got 3/,
  ],
  [{ newHead: true, numLabels: 3, head: BACKBONE }, /head: expected none beside newHead: true/],
  [{ numLabels: 3 }, /numLabels: expected newHead: true beside it, got undefined/],
  [{ newHead: true, numLabels: 3, seed: 0.5 }, /seed must be an integer, got 0.5/],
])('%j is refused', async (options, message) => {
  await expect(Dinov2ForImageClassification.fromPretrained(BACKBONE, options)).rejects.toThrow(message);
});
