import { splitFeatures } from './split-features.ts';
import { headInput, takeFeatures } from './take-features.ts';

/** Two classes of five images; every value says whose it is. */
const rows = (block: number): Float32Array => Float32Array.from({ length: 20 }, (_, i) => 100 * block + i);
const ALL = takeFeatures({
  layers: [rows(1), rows(2)],
  patchMean: rows(3),
  labels: Int32Array.from({ length: 10 }, (_, i) => i % 2),
  dim: 2,
  names: Array.from({ length: 10 }, (_, i) => `${i}`),
  numClasses: 2,
});

test('parts have whole rows, each class its share, and nothing twice', () => {
  const { train, validation } = splitFeatures(ALL, 0.2, { seed: 3 });
  expect([...validation.labels].sort()).toEqual([0, 1]);
  expect([...train.names, ...validation.names].sort()).toEqual(ALL.names);
  for (const part of [train, validation])
    for (const [i, name] of part.names.entries()) {
      const first = 2 * Number(name);
      expect([...part.features.slice(2 * i, 2 * i + 2)]).toEqual([200 + first, 201 + first]);
      expect([...part.patchMean.slice(2 * i, 2 * i + 2)]).toEqual([300 + first, 301 + first]);
      expect(part.labels[i]).toBe(Number(name) % 2);
    }
});

test('a head reads the last blocks, earliest first, and the mean behind them', () => {
  expect([...headInput(ALL, { blocks: 1, averagePool: false })]).toEqual([...rows(2)]);
  expect([...headInput(ALL, { blocks: 2, averagePool: true })].slice(6, 12)).toEqual([
    102, 103, 202, 203, 302, 303,
  ]);
});
