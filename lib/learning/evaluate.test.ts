/** Evaluations beside scikit-learn's. */
import { missesOf } from '../../testing/close.ts';
import { evaluateClassification, topAccuracy } from './evaluate-classification.ts';
import { evaluateMultiLabel } from './evaluate-multi-label.ts';
import { evaluateRegression } from './evaluate-regression.ts';
import { facts, lastBlock, numbersOf, test as others } from './testing/learning-fixtures.ts';

const { features, labels } = lastBlock(others);
const columns = (first: number, count: number): Float64Array =>
  Float64Array.from(
    [...labels.keys()].flatMap((i) => [...features.subarray(i * 8 + first, i * 8 + first + count)]),
  );
const scores = columns(0, 4);

test('classes are counted as scikit-learn counts them', () => {
  const { top2, precision, recall, f1, support, ...whole } = facts.classification;
  const { perClass, top5, ...quality } = evaluateClassification(scores, labels, 4);
  expect(quality).toEqual({ ...whole, macroF1: expect.closeTo(whole.macroF1, 12) });
  expect(
    missesOf(
      perClass.map((each) => each.precision),
      precision,
      1e-12,
    ),
  ).toEqual([]);
  expect(
    missesOf(
      perClass.map((each) => each.recall),
      recall,
      1e-12,
    ),
  ).toEqual([]);
  expect(
    missesOf(
      perClass.map((each) => each.f1),
      f1,
      1e-12,
    ),
  ).toEqual([]);
  expect(perClass.map((each) => each.support)).toEqual(support);
  expect(topAccuracy(scores, labels, 4, 2)).toBe(top2);
  expect(top5).toBe(1);
});

test('a class that neither occurs nor is said doesn’t count for macro F1, and of equal scores the first wins', () => {
  const equal = evaluateClassification(new Float64Array(6), Int32Array.of(0, 0), 3);
  expect([equal.accuracy, equal.macroF1]).toEqual([1, 1]);
  expect(equal.perClass[2]).toEqual({ precision: 0, recall: 0, f1: 0, support: 0 });
  expect(topAccuracy(new Float64Array(6), Int32Array.of(2, 1), 3, 2)).toBe(0.5);
  const said = evaluateClassification(Float64Array.of(1, 0, 0, 1), Int32Array.of(0, 0), 2);
  expect(said.macroF1).toBeCloseTo(1 / 3, 12);
});

test('several classes of an image are counted as scikit-learn counts them', async () => {
  const quality = evaluateMultiLabel(scores, await numbersOf('targets'), 4);
  for (const [name, value] of Object.entries(facts.multiLabel)) {
    expect(quality[name as keyof typeof facts.multiLabel]).toBeCloseTo(value, 12);
  }
  const none = evaluateMultiLabel(Float64Array.of(1, -1), [1, 0], 2);
  expect(none.averagePrecision).toEqual([1, Number.NaN]);
  expect(none.meanAveragePrecision).toBe(1);
  for (const targets of [
    [0, 1, 1],
    [1, 0, 1],
  ]) {
    const { averagePrecision } = evaluateMultiLabel(Float64Array.of(0.5, 0.5, 0.2), targets, 1);
    expect(averagePrecision[0]).toBeCloseTo(0.25 + 1 / 3, 12);
  }
  expect(evaluateMultiLabel(Float64Array.of(0, 1), [1, 1], 1).perClass[0]?.recall).toBe(0.5);
});

test('numbers are compared as scikit-learn compares them', () => {
  const { meanSquaredError, r2 } = evaluateRegression(columns(0, 2), columns(2, 2), 2);
  expect(meanSquaredError).toBeCloseTo(facts.regression.meanSquaredError, 10);
  expect(r2).toBeCloseTo(facts.regression.r2, 10);
  expect(evaluateRegression([3, 3], [3, 3]).r2).toBe(1);
  expect(evaluateRegression([3, 4], [3, 3]).r2).toBe(0);
});

test('what can not be compared is refused', () => {
  expect(() => evaluateClassification(scores, labels.slice(1), 4)).toThrow(
    'expected a label for each of 40 images, got 39',
  );
  expect(() =>
    evaluateClassification(
      scores.map(() => Number.NaN),
      labels,
      4,
    ),
  ).toThrow('got NaN in row 0');
  expect(() => evaluateClassification(scores.slice(1), labels, 4)).toThrow(
    'expected rows of 4 scores, got 159',
  );
  expect(() => evaluateMultiLabel(Float64Array.of(1), [2], 1)).toThrow(
    'expected 0 or 1 for each of 1 scores, got 2',
  );
  expect(() => evaluateMultiLabel(Float64Array.of(1), [], 1)).toThrow(
    'expected 0 or 1 for each of 1 scores, got 0 targets',
  );
  expect(() => evaluateRegression([1], [Number.NaN])).toThrow('some not finite');
  expect(() => evaluateRegression([1, 2], [1])).toThrow('got 2 and 1');
});
