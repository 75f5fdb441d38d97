import { OptionError } from '../../errors/errors.ts';
import { missesOf } from '../../testing/close.ts';
import { fewShot } from './few-shot.ts';
import { fitKnn } from './knn.ts';
import { takeRows } from './labelled-features.ts';
import { facts, lastBlock, numbersOf, test as others, train } from './testing/learning-fixtures.ts';

const known = lastBlock(train);
const { features } = lastBlock(others);

test("neighbours and votes are those of Meta's formula", async () => {
  const knn = fitKnn(known, { k: [1, 5, 20] });
  expect([...knn.neighbours(features, 20).indices]).toEqual([...(await numbersOf('neighbours'))]);
  const votes = knn.probabilities(features);
  expect([...votes.keys()]).toEqual([1, 5, 20]);
  for (const [k, each] of votes) expect(missesOf(each, await numbersOf(`votes.${k}`), 1e-12)).toEqual([]);
});

test('images and classes can be added, and answers are those of all given at once', () => {
  const order = Int32Array.from(known.labels.keys()).sort(
    (a, b) => Math.sign(known.labels[a]! - known.labels[b]!) || a - b,
  );
  const sorted = takeRows(known, order);
  const place = sorted.labels.indexOf(3);
  const knn = fitKnn(takeRows(sorted, order.map((_, i) => i).subarray(0, place)), { k: [7] });
  expect(knn.numClasses).toBe(3);
  knn.add(takeRows(sorted, order.map((_, i) => i).subarray(place)));
  expect(knn.probabilities(features)).toEqual(fitKnn(sorted, { k: [7] }).probabilities(features));
});

test('many images at once have the answers of each alone', () => {
  const many = new Float32Array(130 * 8).map((_, i) => features[(7 * i) % features.length]!);
  const knn = fitKnn(known, { k: [3] });
  const { indices, similarities } = knn.neighbours(many, 3);
  for (const i of [0, 63, 64, 127, 128, 129]) {
    const alone = knn.neighbours(many.slice(i * 8, (i + 1) * 8), 3);
    expect(indices.slice(i * 3, (i + 1) * 3)).toEqual(alone.indices);
    expect(missesOf(similarities.slice(i * 3, (i + 1) * 3), alone.similarities, 1e-12)).toEqual([]);
  }
});

test('a vector of zeros is as near to all', () => {
  const [votes] = fitKnn(known, { k: [80] })
    .probabilities(new Float32Array(8))
    .values();
  expect(votes?.reduce((sum, vote) => sum + vote, 0)).toBeCloseTo(1, 12);
});

test('of equally near images the first comes first', () => {
  const same = { features: new Float32Array(12).fill(2), dim: 2, labels: Int32Array.of(0, 1, 2, 0, 1, 2) };
  expect([...fitKnn(same, { k: [4] }).neighbours(Float32Array.of(1, 1), 4).indices]).toEqual([0, 1, 2, 3]);
});

test('without k as many neighbours vote as Meta has, and there are images for', () => {
  expect(fitKnn(known).k).toEqual([10, 20]);
  expect(
    fitKnn(
      takeRows(
        known,
        Int32Array.from({ length: 20 }, (_, i) => i),
      ),
    ).k,
  ).toEqual([10, 20]);
  expect(fitKnn({ features: Float32Array.of(1, 2, 3), dim: 1, labels: Int32Array.of(0, 1, 1) }).k).toEqual([
    3,
  ]);
});

test("few-shot subsets are those of Meta's evaluation, and all of a class that has fewer", () => {
  for (const [seed, indices] of facts.fewShot.entries()) {
    expect([...fewShot(known.labels, 3, seed)]).toEqual(indices);
  }
  expect([...fewShot(Int32Array.of(5, 9), 4, 0)]).toEqual([0, 1]);
  expect(() => fewShot(known.labels, 0, 0)).toThrow('fewShot: expected a positive number of images a class');
});

test('what can not be compared is refused by name', () => {
  expect(() => fitKnn(known, { k: [100] })).toThrow(
    new OptionError('fitKnn: expected k of at most the 80 training images, got 100; take fewer neighbours'),
  );
  expect(() => fitKnn(known, { k: [0] })).toThrow('fitKnn: k must be a list of positive integers, got [0]');
  expect(() => fitKnn({ ...known, labels: known.labels.slice(1) })).toThrow(
    'fitKnn: expected a label for each of 80 images, got 79',
  );
  expect(() => fitKnn({ ...known, numClasses: 3 })).toThrow(
    /expected labels from 0 to 2, got 3 of image \d+/,
  );
  expect(() => fitKnn({ ...known, dim: 7 })).toThrow('expected at least one vector of dim values each');
  const knn = fitKnn(known);
  expect(() => knn.add({ ...known, dim: 4, labels: new Int32Array(160) })).toThrow(
    'KnnClassifier.add: expected vectors of 8 values, got 4',
  );
  expect(() => knn.probabilities(features.map((value, i) => (i === 17 ? Number.NaN : value)))).toThrow(
    'KnnClassifier: expected features that are finite, got NaN in vector 2; leave that image out',
  );
});
