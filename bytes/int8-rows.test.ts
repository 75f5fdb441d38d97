import { quantiseRows, widenInt8Rows } from './int8-rows.ts';

test('a row is divided by a 127th of its largest magnitude, halves going to the even neighbour', () => {
  // the scale of the first row is 1
  const values = Float32Array.of(-127, 0.5, 1.5, -2.5, 126.5, 63.4, 0, 12.7, -25.4, 1.27);
  const { values: integers, scales } = quantiseRows(values, 5);
  expect([...integers]).toEqual([-127, 0, 2, -2, 126, 127, 0, 25, -51, 3]);
  expect([...scales]).toEqual([1, Math.fround(Math.fround(63.4) / 127)]);
});

test('the quotient is rounded to float32 first, as kernels have it', () => {
  // in float64 they are a little above 4.5 and below 5.5
  const { values } = quantiseRows(Float32Array.of(1, 0.035433072596788406, 0.04330708459019661), 3);
  expect([...values]).toEqual([127, 4, 6]);
});

test('the largest of all finite values counts', () => {
  const largest = (2 - 2 ** -23) * 2 ** 127;
  const { values, scales } = quantiseRows(Float32Array.of(largest, largest / 4, -Infinity), 3);
  expect([...values]).toEqual([127, 32, -127]);
  expect([...scales]).toEqual([Math.fround(largest / 127)]);
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
