import { relativeDifference } from '../../testing/close.ts';
import { takeRows } from './labelled-features.ts';
import { fitLogisticRegression } from './logistic-regression.ts';
import { META_STRENGTHS, sweepLogisticRegression } from './logistic-sweep.ts';
import { NearestMean } from './nearest-mean.ts';
import { lastBlock, numbersOf, test as others, train } from './testing/learning-fixtures.ts';

const known = lastBlock(train);
const { features, labels } = lastBlock(others);
const numbers = (count: number, label: number): number[] =>
  [...known.labels.keys()].filter((i) => known.labels[i] === label).slice(0, count);

test.each([0.01, 1, 100])("coefficients are those of scikit-learn's minimum at C = %d", async (C) => {
  const fit = fitLogisticRegression(known, { C });
  expect(fit.converged).toBe(true);
  expect(relativeDifference(fit.weight, await numbersOf(`coefficients.${C}`))).toBeLessThan(1e-6);
  expect(relativeDifference(fit.intercepts, await numbersOf(`intercepts.${C}`))).toBeLessThan(1e-6);
});

test('two classes have one row of coefficients and a sigmoid', async () => {
  const two = takeRows(known, Int32Array.from([...known.labels.keys()].filter((i) => known.labels[i]! < 2)));
  const fit = fitLogisticRegression(two);
  const coefficients = await numbersOf('coefficients.two');
  expect(relativeDifference(fit.coefficients, coefficients)).toBeLessThan(1e-6);
  expect(relativeDifference(fit.intercepts, await numbersOf('intercepts.two'))).toBeLessThan(1e-6);
  const score = coefficients.reduce((sum, each, d) => sum + each * features[d]!, fit.intercepts[0]!);
  expect(fit.probabilities(features)[1]).toBeCloseTo(1 / (1 + Math.exp(-score)), 6);
});

test.each([4, 2])(
  'of %d classes the objective is that of the weights, however many images there are',
  (numClasses) => {
    const rows = [...known.labels.keys()].filter((i) => known.labels[i]! < numClasses);
    for (const left of [1, 2, 3]) {
      const some = takeRows(known, Int32Array.from(rows.slice(left)));
      const C = 0.5;
      const fit = fitLogisticRegression(some, { C });
      expect(fit.converged).toBe(true);
      const probabilities = fit.probabilities(some.features);
      const losses = Array.from(some.labels, (label, i) => -Math.log(probabilities[i * numClasses + label]!));
      const sum = (values: ArrayLike<number>): number =>
        Array.from(values).reduce((all, each) => all + each, 0);
      const expected = C * sum(losses) + sum(fit.coefficients.map((each) => each * each)) / 2;
      expect(fit.objective).toBeCloseTo(expected, 9);
    }
  },
);

test('a fit that runs out of iterations says so', () => {
  const fit = fitLogisticRegression(known, { C: 100, maxIterations: 3 });
  expect([fit.converged, fit.iterations]).toEqual([false, 3]);
});

test('classes that can be told apart by anything are fitted to the end', () => {
  const apart = { features: Float32Array.of(-2, -1, 1, 2), dim: 1, labels: Int32Array.of(0, 0, 1, 1) };
  const fit = fitLogisticRegression(apart, { C: 1e5 });
  expect([...fit.predict(apart.features)]).toEqual([0, 0, 1, 1]);
  expect(fit.converged).toBe(true);
});

test('a sweep keeps the first strength that is best on images kept back, and fits to all with it', () => {
  const validation = lastBlock(others);
  const { classifier, tried } = sweepLogisticRegression(known, { strengths: [1e-6, 0.01, 1], validation });
  const best = tried.reduce((so, each) => (each.accuracy > so.accuracy ? each : so));
  expect(classifier.C).toBe(best.C);
  expect(
    relativeDifference(classifier.weight, fitLogisticRegression(known, { C: best.C }).weight),
  ).toBeLessThan(1e-5);
  for (const { C, accuracy } of tried) {
    const answers = fitLogisticRegression(known, { C }).predict(features);
    expect(accuracy).toBe(labels.filter((label, i) => label === answers[i]).length / labels.length);
  }
  expect([META_STRENGTHS.length, META_STRENGTHS[0], META_STRENGTHS[44]]).toEqual([45, 1e-6, 1e5]);
  expect(sweepLogisticRegression(known, { strengths: [1] }).tried).toHaveLength(1);
});

test('the nearest mean takes new classes without a change to the others', () => {
  const without = [0, 1, 2].flatMap((label) => numbers(20, label));
  const means = new NearestMean(takeRows(known, Int32Array.from(without)));
  const before = means.classifier();
  means.add(takeRows(known, Int32Array.from(numbers(5, 3))));
  const after = means.classifier();
  expect([before.numClasses, after.numClasses]).toEqual([3, 4]);
  expect(after.weight.subarray(0, 24)).toEqual(before.weight);
  const mean = (d: number): number =>
    numbers(5, 3).reduce((sum, i) => sum + known.features[i * 8 + d]!, 0) / 5;
  expect(after.weight.at(-1)).toBeCloseTo(mean(7), 12);
  const onLine = new NearestMean({ features: Float32Array.of(1, 3), dim: 1, labels: Int32Array.of(0, 1) });
  expect([...onLine.classifier().predict(Float32Array.of(0.5, 1.9, 2.1, 9))]).toEqual([0, 0, 1, 1]);
  means.add({ features: new Float32Array(8), dim: 8, labels: Int32Array.of(5) });
  expect(() => means.classifier()).toThrow('expected an image of each class, got none of class 4; add some');
});

test('what has no minimum is refused', () => {
  const one = { ...known, labels: new Int32Array(80) };
  expect(() => fitLogisticRegression(one)).toThrow(
    'fitLogisticRegression: expected at least two classes, got one; there is nothing to tell apart',
  );
  expect(() => fitLogisticRegression({ ...known, numClasses: 6 })).toThrow(
    'expected an image of each of 6 classes, got none of class 4; number the classes without gaps, or give it images',
  );
  expect(() => fitLogisticRegression(known, { C: 0 })).toThrow('C must be a positive number, got 0');
  const lone = {
    features: Float32Array.from({ length: 20 }, (_, i) => i),
    dim: 1,
    labels: new Int32Array(20).fill(1),
  };
  lone.labels[6] = 0;
  const kept = [...Array(40).keys()].filter((seed) => {
    try {
      sweepLogisticRegression(lone, { strengths: [1], seed });
      return false;
    } catch (error) {
      return /got none of class 0/.test(String(error));
    }
  });
  expect(kept.length).toBeGreaterThan(0);
});
