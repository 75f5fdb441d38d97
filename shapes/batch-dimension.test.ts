/** Lengths that may depend on the size of the batch. */
import { OptionError } from '../errors/errors.ts';
import {
  areFixed,
  BATCH,
  batchOf,
  type Dimension,
  dimensionThrough,
  sameDimension,
  sameShape,
  shapeAt,
  showShape,
  valuesAt,
} from './batch-dimension.ts';

const GROWING: Dimension = { perBatch: 2, plus: 3 };

test('a shape for one batch', () => {
  expect(shapeAt([BATCH, 5, GROWING], 4)).toEqual([4, 5, 11]);
  expect(valuesAt([BATCH, 5, GROWING], 4)).toBe(220);
  expect(valuesAt([], 4)).toBe(1);
});

test.each<[number, number, Dimension | undefined]>([
  [7, 7, 7],
  [2, 3, BATCH],
  [7, 9, GROWING],
  [4, 6, { perBatch: 2, plus: 0 }],
  [3, 2, undefined],
  [1, 2, undefined],
  [0, 0, 0],
])('through %d for a batch of 2 and %d for one of 3', (first, second, expected) => {
  expect(dimensionThrough([2, first], [3, second])).toEqual(expected);
});

test('a line with fractions goes through no batch', () => {
  expect(dimensionThrough([2, 3], [4, 4])).toBeUndefined();
  expect(dimensionThrough([2, 3], [4, 5])).toEqual({ perBatch: 1, plus: 1 });
});

test('the same for every batch', () => {
  expect(sameDimension(BATCH, { perBatch: 1, plus: 0 })).toBe(true);
  expect(sameDimension(BATCH, { perBatch: 1, plus: 1 })).toBe(false);
  expect(sameDimension(BATCH, { perBatch: 2, plus: 0 })).toBe(false);
  expect(sameDimension(BATCH, 1)).toBe(false);
  expect(sameDimension(3, 3)).toBe(true);
  expect(sameShape([BATCH, 3], [BATCH, 3])).toBe(true);
  expect(sameShape([BATCH, 3], [BATCH])).toBe(false);
  expect(sameShape([BATCH], [BATCH, 3])).toBe(false);
  expect(sameShape([BATCH, 3], [BATCH, 4])).toBe(false);
  expect(areFixed([1, 2])).toBe(true);
  expect(areFixed([1, BATCH])).toBe(false);
});

test('as messages show them', () => {
  expect(showShape([257, BATCH, { perBatch: 257, plus: 0 }, { perBatch: 1, plus: 1 }, GROWING])).toBe(
    '[257, B, 257·B, B + 1, 2·B + 3]',
  );
});

test('the batch that makes an axis as long as it is', () => {
  expect(batchOf(BATCH, 4, 'x')).toBe(4);
  expect(batchOf(GROWING, 11, 'x')).toBe(4);
  expect(batchOf(5, 5, 'x')).toBeUndefined();
});

test.each<[Dimension, number, RegExp]>([
  [5, 6, /^x: expected a length of 5, got 6$/],
  [GROWING, 10, /^x: expected a length of 2·B \+ 3, got 10$/],
  [GROWING, 3, /got 3$/],
  [BATCH, 0, /^x: expected a length of B, got 0$/],
])('no batch makes %j as long as %d', (dimension, length, message) => {
  expect(() => batchOf(dimension, length, 'x')).toThrow(OptionError);
  expect(() => batchOf(dimension, length, 'x')).toThrow(message);
});
