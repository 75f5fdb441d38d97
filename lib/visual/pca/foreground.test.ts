import { isInsideAbove, otsuThreshold, thresholdAt } from './foreground.ts';

test('scores that are all equal have no threshold, however their sums round', () => {
  for (const count of [1, 2, 3, 7, 10]) {
    expect(otsuThreshold(new Float64Array(count).fill(0.1))).toBeUndefined();
    expect(thresholdAt(new Float64Array(count).fill(0.1), 0.5)).toBeUndefined();
  }
});

test('a part of the way from the lowest score to the highest ends exactly at both', () => {
  const scores = Float64Array.of(0.3, -0.1, 0.2);
  expect(thresholdAt(scores, 0)).toBe(-0.1);
  expect(thresholdAt(scores, 1)).toBe(0.3);
  expect(thresholdAt(scores, 0.25)).toBeCloseTo(0, 12);
});

/** Scores of 1 where a picture has a mark, else 0. */
function pictured(...rows: string[]) {
  const scores = Float64Array.from(rows.join(''), (mark) => Number(mark === 'x'));
  return { scores, grid: { rows: rows.length, columns: rows[0]?.length ?? 0 } };
}

test('inside is the side of whose patches the smaller share is at the border, whichever that is', () => {
  // all of two at the border, against 12 of 14
  expect(isInsideAbove([pictured('xx..', '....', '....', '....')], 0.5)).toBe(false);
  for (const border of [
    ['x...', 'x...', 'x...', '....'],
    ['...x', '...x', '...x', '....'],
    ['xxx.', '....', '....', '....'],
    ['....', '....', '....', '.xxx'],
  ]) {
    expect(isInsideAbove([pictured(...border)], 0.5)).toBe(false);
  }
  // ten of 11 at the border, against two of five
  expect(isInsideAbove([pictured('xxxx', 'x..x', 'x..x', 'xxx.')], 0.5)).toBe(false);
  expect(isInsideAbove([pictured('....', '.xx.', '.x..', '....')], 0.5)).toBe(true);
  // of two images together: one of two, against 11 of 14 and 12 of 16
  expect(
    isInsideAbove([pictured('x...', '.x..', '....', '....'), pictured('....', '....', '....', '....')], 0.5),
  ).toBe(true);
});
