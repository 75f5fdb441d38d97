import { parseSize } from './parse-size.ts';

test.each<[string | number, number]>([
  ['5GB', 5e9],
  ['500MB', 5e8],
  [' 1.5 gb ', 1.5e9],
  ['20KB', 20_000],
  ['3KiB', 3072],
  ['3MiB', 3 * 2 ** 20],
  ['3TB', 3e12],
  ['7B', 7],
  ['2GiB', 2 ** 31],
  ['1TiB', 2 ** 40],
  ['123', 123],
  [1e6, 1e6],
  ['0.1KB', 100],
])('%p is %d bytes', (size, bytes) => {
  expect(parseSize(size, 'size')).toBe(bytes);
});

test.each<string | number>([
  '',
  'GB',
  '5 apples',
  '-5GB',
  '5G',
  '0',
  '0.1B',
  'constructor',
  '1e9',
  '9999999TB',
  -1,
  0.5,
  Number.NaN,
])('refuses %p', (size) => {
  expect(() => parseSize(size, '--max-shard-size')).toThrow(/^--max-shard-size: expected a size such as 5GB/);
});
