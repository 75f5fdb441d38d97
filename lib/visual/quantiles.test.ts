import { quantiles } from './quantiles.ts';

test('quantiles are NumPy’s, linear between the nearest values', () => {
  // numpy.quantile([7, 1, 4, 2], [0, 0.25, 0.4, 0.5, 0.9, 1])
  const found = quantiles(Float64Array.of(7, 1, 4, 2), [0, 0.25, 0.4, 0.5, 0.9, 1]);
  for (const [i, expected] of [1, 1.75, 2.4, 3, 6.1, 7].entries()) expect(found[i]).toBeCloseTo(expected, 12);
  expect([...quantiles(Float64Array.of(3), [0, 0.3, 1])]).toEqual([3, 3, 3]);
});
