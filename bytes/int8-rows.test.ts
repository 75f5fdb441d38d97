import { quantiseRows, widenInt8Rows } from './int8-rows.ts';

test('a row is divided by a 127th of its largest magnitude, halves going to the even neighbour', () => {
  // the scale of the first row is 1
  const values = Float32Array.of(-127, 0.5, 1.5, -2.5, 126.5, 63.4, 0, 12.7, -25.4, 1.27);
  const { values: integers, scales } = quantiseRows(values, 5);
  expect([...integers]).toEqual([-127, 0, 2, -2, 126, 127, 0, 25, -51, 3]);
  expect([...scales]).toEqual([1, Math.fround(Math.fround(63.4) / 127)]);
});

test('each value comes back within half a unit of its row', () => {
  const values = Float32Array.from({ length: 6 * 50 }, (_, i) => Math.sin(i * i) * 10 ** ((i / 50) | 0));
  const rows = quantiseRows(values, 50);
  const back = widenInt8Rows(rows);
  for (const [i, value] of values.entries()) {
    expect(Math.abs(value - (back[i] ?? 0))).toBeLessThanOrEqual(0.5001 * (rows.scales[(i / 50) | 0] ?? 0));
  }
});

test('zeros, infinities and what is no number', () => {
  const values = Float32Array.of(0, -0, 0, Infinity, -Infinity, 254, Number.NaN, 254, -127);
  const { values: integers, scales } = quantiseRows(values, 3);
  expect([...integers]).toEqual([0, 0, 0, 127, -127, 127, 0, 127, -64]);
  expect([...scales]).toEqual([1, 2, 2]);
});

test('no rows', () => {
  expect(quantiseRows(new Float32Array(0), 0)).toEqual({
    values: new Int8Array(0),
    scales: new Float32Array(0),
  });
});
