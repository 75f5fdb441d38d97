/** Fields of JSON files: what their readers take, what is said of the rest, and how they are written. */
import { ConfigError } from '../errors/errors.ts';
import {
  booleanField,
  type FieldReader,
  integerField,
  listField,
  numberField,
  positiveField,
  stringField,
} from './field-readers.ts';
import { field, fieldsToJson, readFields } from './field-table.ts';

test.each<[string, FieldReader<unknown>, readonly unknown[], readonly unknown[]]>([
  ['an integer of at least 2', integerField(2), [2, 2 ** 53 - 1], [1, 2.5, 2 ** 53, '3']],
  ['an integer from 0 to 3', integerField(0, 3), [0, 3], [-1, 4]],
  ['a number of at least 1', numberField(1), [1, 1.5], [0.5, Infinity, Number.NaN, '2']],
  ['a positive number', positiveField, [1e-9], [0, -1, Number.NaN, '1']],
  ['true or false', booleanField, [true, false], [0, 'true']],
  ['a string', stringField, ['', 'a'], [1]],
])('%s is read, and nothing else', (expected, read, good, bad) => {
  for (const value of good) expect(read(value, 'file: key')).toBe(value);
  for (const value of bad) {
    expect(() => read(value, 'file: key')).toThrow(ConfigError);
    expect(() => read(value, 'file: key')).toThrow(`file: key: expected ${expected}, got `);
  }
});

test('an entry of a list that is wrong is named by its place', () => {
  const read = listField(stringField);
  expect(read(['a', 'b'], 'file: key')).toEqual(['a', 'b']);
  expect(() => read(['a', 7], 'file: key')).toThrow('file: key[1]: expected a string, got 7');
  expect(() => read('a', 'file: key')).toThrow('file: key: expected a list, got "a"');
});

const TABLE = {
  isOn: field(booleanField, true),
  size: field(integerField(1), 8, { usedIf: 'isOn' }),
  aName: field(stringField, 'none', { write: (name) => (name === 'none' ? undefined : name) }),
};

test('null says nothing, and of what is not used anything may be said', () => {
  expect(readFields(TABLE, { size: null, other: 1 }, { size: 9 }, 'file')).toEqual({ size: 9 });
  expect(readFields(TABLE, { is_on: false, size: 'x' }, { size: 9 }, 'file')).toEqual({
    isOn: false,
    size: 9,
  });
  expect(() => readFields(TABLE, { is_on: true, size: 'x' }, {}, 'file')).toThrow(/^file: size: expected an/);
  expect(readFields(TABLE, { is_on: false, size: 3 }, {}, 'file')).toEqual({ isOn: false, size: 3 });
});

test('fields are written in the order of their keys, as their rows say', () => {
  const written = fieldsToJson(TABLE, { isOn: true, size: 3, aName: 'x' }, { b: 1 });
  expect(Object.entries(written)).toEqual([
    ['a_name', 'x'],
    ['b', 1],
    ['is_on', true],
    ['size', 3],
  ]);
  expect(fieldsToJson(TABLE, { aName: 'none' })).toEqual({});
});
