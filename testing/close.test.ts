import { missesOf, relativeDifference } from './close.ts';

test('values miss by more than the tolerance, and by being another kind of number', () => {
  expect(missesOf([1, 20.1, 0.2, -0], [1.1, 20, 0.1, 0], 0.1)).toEqual([]);
  expect(missesOf([1, 23, 0.3], [1.1, 20, 0.1], 0.1)).toEqual([
    { index: 1, expected: 20, actual: 23 },
    { index: 2, expected: 0.1, actual: 0.3 },
  ]);
  const { NaN: none, POSITIVE_INFINITY: infinite } = Number;
  expect(missesOf([none, infinite, -infinite], [none, infinite, -infinite], 0)).toEqual([]);
  expect(missesOf([none, 1, 1, infinite, -infinite], [1, none, infinite, 1, infinite], 1)).toHaveLength(5);
});

test('a result that is too short or too long misses, whatever is there', () => {
  expect(missesOf([1], [1, Number.NaN], 1)).toHaveLength(1);
  expect(missesOf([1, Number.NaN], [1], 1)).toHaveLength(1);
  expect(relativeDifference([1], [1, 2])).toBe(Infinity);
});

test('the relative difference is that to the largest value', () => {
  expect(relativeDifference([1, 4.5], [0, 4])).toBe(0.25);
  expect(relativeDifference([0.5], [0])).toBe(0.5);
  expect(relativeDifference([Number.NaN], [1])).toBe(Infinity);
});
