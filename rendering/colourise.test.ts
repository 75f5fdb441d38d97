import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OptionError } from '../errors/errors.ts';
import { COLORMAPS, type ColormapName, colormap, palette } from './colormap.ts';
import { colourise, type ValueRange, valueRange } from './colourise.ts';

interface Coloured {
  colormap: ColormapName;
  range: ValueRange | null;
  colours: number[];
}

/** Written by `conformance/python/dump_colormaps.py`. */
const { digests, coloured } = JSON.parse(readFileSync('conformance/fixtures/colormaps.json', 'utf8'));

test.each(COLORMAPS)('%s has the bytes of matplotlib', (name) => {
  expect(createHash('sha256').update(colormap(name)).digest('hex')).toBe(digests[name]);
});

test('a palette is evenly over its map', () => {
  expect(palette('gray', 2)).toEqual([
    [64, 64, 64],
    [192, 192, 192],
  ]);
});

test('the message about a map that there is not names the one that was meant', () => {
  const name: string = 'Viridis';
  expect(() => colormap(name as ColormapName)).toThrow(/got "Viridis"; write "viridis"$/);
  expect(() => colormap('toString' as ColormapName)).toThrow(OptionError);
});

test.each<Coloured>(coloured.cases)('$colormap over $range gives the colours of matplotlib', (expected) => {
  const { width, height } = coloured;
  const plane = { width, height, values: Float32Array.from(coloured.values) };
  const image = colourise(plane, { colormap: expected.colormap, range: expected.range ?? undefined });
  expect([image.width, image.height]).toEqual([width, height]);
  expect([...image.data]).toEqual(expected.colours);
});

test('the border between two colours belongs to the upper one, and what has no number has a colour of its own', () => {
  const below = Math.fround(0.5 - 2 ** -25);
  const values = Float32Array.of(0.5, below, 1, 0, -1, 7, Number.NEGATIVE_INFINITY, Number.NaN);
  const plane = { width: values.length, height: 1, values };
  const { data } = colourise(plane, { colormap: 'gray', range: [0, 1], missing: [1, 2, 3] });
  const gray = (index: number): number => colormap('gray')[3 * index] ?? -1;
  const reds = [...data].filter((_, i) => i % 3 === 0);
  expect(reds).toEqual([gray(128), gray(127), 255, 0, 0, 255, 0, 1]);
  expect([...data.subarray(-3)]).toEqual([1, 2, 3]);
});

test.each([
  ['the width of the range is float64', [22.14285659790039, 47.32366180419922, 133.2857208251953], 58],
  ['values less the lowest one are float32', [33.57143020629883, 98.56361389160156, 151.57142639160156], 141],
])('near a border it tells that %s, as in matplotlib 3.11.2', (_, values, grey) => {
  const plane = { width: 3, height: 1, values: Float32Array.from(values) };
  expect(colourise(plane, { colormap: 'gray' }).data[3]).toBe(grey);
});

test('the range is that of finite values; of none, and of equal ones, all have the first colour', () => {
  const first = [...colormap('turbo').subarray(0, 3)];
  const coloursOf = (...values: number[]): number[] => [
    ...colourise(
      { width: values.length, height: 1, values: Float32Array.from(values) },
      { colormap: 'turbo' },
    ).data,
  ];
  expect(valueRange(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY))).toEqual([0, 0]);
  expect(coloursOf(3, 3)).toEqual([...first, ...first]);
  expect(coloursOf(Number.NaN, Number.NaN)).toEqual(new Array(6).fill(0));
  expect(coloursOf(1, 2, Number.POSITIVE_INFINITY).slice(0, 6)).toEqual(coloursOf(1, 2));
});

test.each([
  [{ range: [1, 0] as const }, /range must be two numbers, the lower one first/],
  [{ missing: [0, 0, 256] as const }, /missing must be three integers from 0 to 255/],
])('%j is refused', (options, message) => {
  expect(() => colourise({ width: 1, height: 1, values: new Float32Array(1) }, options)).toThrow(message);
});
