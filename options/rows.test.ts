/** Tables of options: what is read, filled in and refused. */
import { OptionError } from '../errors/errors.ts';
import { bool, choice, names, nonNegative, pickOptions, positiveInteger, readOptions, text } from './rows.ts';

const TABLE = {
  size: positiveInteger({ default: 3 }),
  kind: choice(['a', 'b']),
  atol: nonNegative(),
  deep: bool({ default: false }),
  name: text(),
};

test('what is given is read, what is not has its default, and nothing is undefined', () => {
  expect(readOptions('f', { kind: 'b', atol: undefined }, TABLE)).toEqual({
    size: 3,
    kind: 'b',
    deep: false,
  });
  expect(Object.keys(readOptions('f', { atol: undefined }, TABLE))).toEqual(['size', 'deep']);
  expect(readOptions('f', { other: 1 }, TABLE, { other: positiveInteger() })).toMatchObject({ other: 1 });
  expect(pickOptions({ size: 1, name: undefined }, { name: TABLE.name, size: TABLE.size })).toEqual({
    size: 1,
  });
});

test.each<[object, string]>([
  [{ sise: 1 }, 'f: expected options among size, kind, atol, deep, name, got sise'],
  [{ size: 0 }, 'f: size must be a positive integer, got 0'],
  [{ size: '3' }, 'f: size must be a positive integer, got "3"'],
  [{ size: null }, 'f: size must be a positive integer, got null'],
  [{ kind: 'c' }, 'f: kind: expected one of a, b, got "c"'],
  [{ atol: -1 }, 'f: atol must be a number of at least 0, got -1'],
  [{ deep: 'no' }, 'f: deep must be true or false, got "no"'],
  [{ name: 7 }, 'f: name must be a string, got 7'],
])('%j is refused', (options, message) => {
  expect(() => readOptions('f', options, TABLE)).toThrow(new OptionError(message));
});

test('the text of a flag', () => {
  expect(TABLE.size.parse?.('12')).toBe(12);
  expect(TABLE.atol.parse?.('1e-3')).toBe(1e-3);
  expect(names().parse?.('a, b')).toEqual(['a', 'b']);
  for (const wrong of ['', ' ', 'x', '0', '1.5'])
    expect(() => TABLE.size.parse?.(wrong)).toThrow('expected a positive integer');
  expect(() => names().parse?.('a,,b')).toThrow('expected names with commas between');
});
