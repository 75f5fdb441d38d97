/** Options of calls: what their rows accept, what a command line says of them, and defaults. */
import { OptionError } from '../errors/errors.ts';
import {
  bool,
  choice,
  count,
  names,
  nonNegative,
  pickOptions,
  positive,
  positiveInteger,
  type Row,
  readOptions,
  required,
  share,
  text,
  value,
} from './rows.ts';

test.each<[string, Row<unknown, unknown>, readonly unknown[], readonly unknown[], string]>([
  ['text', text(), ['', 'a'], [1, null], ' must be a string'],
  ['bool', bool(), [true, false], [0, 'true'], ' must be true or false'],
  ['positiveInteger', positiveInteger(), [1, 7], [0, 1.5, 2 ** 53, '1'], ' must be a positive integer'],
  [
    'nonNegative',
    nonNegative(),
    [0, 0.5],
    [-1, Infinity, Number.NaN, '1'],
    ' must be a number of at least 0',
  ],
  ['count', count(), [0, 7], [-1, 1.5, '1'], ' must be an integer of at least 0'],
  ['positive', positive(), [0.5, 7], [0, -1, Infinity, '1'], ' must be a number above 0'],
  ['share', share(), [0, 0.5, 1], [-0.1, 1.1, Number.NaN, '1'], ' must be a number from 0 to 1'],
  ['choice', choice(['a', 'b']), ['a', 'b'], ['c', 1], ': expected one of a, b'],
  ['value', value(), [1, 'a', null], [], ''],
])('%s accepts its own values alone', (_, row, good, bad, words) => {
  for (const each of good) expect(readOptions('call', { x: each }, { x: row })).toEqual({ x: each });
  for (const each of bad) {
    expect(() => readOptions('call', { x: each }, { x: row })).toThrow(OptionError);
    expect(() => readOptions('call', { x: each }, { x: row })).toThrow(`call: x${words}, got `);
  }
});

test.each<[string, Row<unknown>, string, unknown]>([
  ['a positive integer', positiveInteger(), '12', 12],
  ['a number', nonNegative(), '1e-3', 0.001],
  ['names', names(), 'a, b', ['a', 'b']],
])('%s is read of a command line', (_, row, written, expected) => {
  expect(row.parse?.(written)).toEqual(expected);
});

test.each<[string, Row<unknown>, readonly string[], string]>([
  ['a positive integer', positiveInteger(), ['', ' ', '0', '1.5', 'x'], 'expected a positive integer'],
  ['a number', nonNegative(), ['', ' ', '-1', 'Infinity', 'x'], 'expected a number of at least 0'],
  ['names', names(), ['', 'a,,b', 'a, '], 'expected names with commas between'],
])('what is not %s is refused of a command line', (_, row, written, words) => {
  for (const each of written) {
    expect(() => row.parse?.(each)).toThrow(OptionError);
    expect(() => row.parse?.(each)).toThrow(words);
  }
});

const TABLE = { count: positiveInteger({ default: 3 }), name: text() };

test('what is not given, or undefined, has its default or is not there', () => {
  expect(readOptions('call', {}, TABLE)).toEqual({ count: 3 });
  expect(Object.keys(readOptions('call', { count: undefined, name: undefined }, TABLE))).toEqual(['count']);
  expect(readOptions('call', { count: 4, name: 'a' }, TABLE)).toEqual({ count: 4, name: 'a' });
});

test('an option is of the tables or refused by name', () => {
  expect(readOptions('call', { other: true }, TABLE, { other: bool() })).toEqual({ count: 3, other: true });
  expect(() => readOptions('call', { cuont: 1 }, TABLE)).toThrow('among count, name, got cuont');
  for (const given of [[], 'x', null]) {
    expect(() => readOptions('call', given as object, TABLE)).toThrow(
      'call: expected options as an object, got ',
    );
  }
});

test('options are picked by a table, without defaults and what is undefined', () => {
  const given: { count?: number; name?: undefined; other?: boolean } = {
    count: 4,
    name: undefined,
    other: true,
  };
  expect(Object.entries(pickOptions(given, TABLE))).toEqual([['count', 4]]);
});

test('a flag that a command line must have has no default', () => {
  expect(required(text({ flag: '--name <name>' }))).toMatchObject({ flag: '--name <name>', required: true });
  expect('default' in required(text())).toBe(false);
});

const MIXED = {
  size: positiveInteger({ default: 3 }),
  kind: choice(['a', 'b']),
  atol: nonNegative(),
  deep: bool({ default: false }),
  name: text(),
};

test('options of all kinds are read together', () => {
  expect(readOptions('f', { kind: 'b', atol: undefined }, MIXED)).toEqual({
    size: 3,
    kind: 'b',
    deep: false,
  });
  expect(Object.keys(readOptions('f', { atol: undefined }, MIXED))).toEqual(['size', 'deep']);
  expect(readOptions('f', { other: 1 }, MIXED, { other: positiveInteger() })).toMatchObject({ other: 1 });
  expect(pickOptions({ size: 1, name: undefined }, { name: MIXED.name, size: MIXED.size })).toEqual({
    size: 1,
  });
});

test.each<[object, string]>([
  [{ sise: 1 }, 'f: expected options among size, kind, atol, deep, name, got sise; write size'],
  [{ size: 0 }, 'f: size must be a positive integer, got 0'],
  [{ size: '3' }, 'f: size must be a positive integer, got "3"'],
  [{ size: null }, 'f: size must be a positive integer, got null'],
  [{ kind: 'c' }, 'f: kind: expected one of a, b, got "c"'],
  [{ atol: -1 }, 'f: atol must be a number of at least 0, got -1'],
  [{ deep: 'no' }, 'f: deep must be true or false, got "no"'],
  [{ name: 7 }, 'f: name must be a string, got 7'],
])('%j is refused', (options, message) => {
  expect(() => readOptions('f', options, MIXED)).toThrow(new OptionError(message));
});
