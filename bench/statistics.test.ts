import { cosine, median, medianRatio, quantile, summarise } from './statistics.ts';

describe('statistics of the benchmark', () => {
  test('the median of an even count lies between the two middle values', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('quartiles are interpolated', () => {
    expect(summarise([5, 1, 2, 4, 3])).toEqual({ median: 3, lower: 2, upper: 4 });
    expect(quantile([1, 2], 0.25)).toBe(1.25);
  });

  test('a ratio compares round with round, as far as both went', () => {
    // the second round was disturbed for both
    expect(medianRatio([2, 20, 2], [1, 10, 1])).toBe(2);
    expect(medianRatio([6], [2, 3, 4])).toBe(3);
  });

  test('the cosine of vectors is 1 for the same direction, 0 for a right angle', () => {
    expect(cosine([3, 4], [6, 8])).toBe(1);
    expect(cosine([1, 0], [0, 2])).toBe(0);
    expect(cosine([1, 0], [-2, 0])).toBe(-1);
  });

  test('nothing measured is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});
