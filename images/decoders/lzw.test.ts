/** Codes of LZW that encoders of today don't write; the answers are those of Pillow 13. */
import { type Code, codeBlocks } from '../testing/write-gif.ts';
import { decodeLzw } from './lzw.ts';

const decode = (codes: readonly Code[], length: number, codeSize = 2, blockSize?: number): number[] => [
  ...decodeLzw(Uint8Array.from(codeBlocks(codes, blockSize)), codeSize, length),
];
const CLEAR: Code = [4, 3];
const END: Code = [5, 3];

test('an entry stands for what came before it and the first value after', () => {
  expect(decode([CLEAR, [1, 3], [2, 3], [6, 3], [7, 4]], 6)).toEqual([1, 2, 1, 2, 2, 1]);
});

test('entries are made without a clear code at the start, too', () => {
  expect(
    decode(
      [
        [1, 3],
        [2, 3],
        [6, 3],
      ],
      4,
    ),
  ).toEqual([1, 2, 1, 2]);
});

test('an entry may be used before its last value is known, which is then its first', () => {
  expect(decode([CLEAR, [1, 3], [6, 3]], 3)).toEqual([1, 1, 1]);
  expect(decode([CLEAR, [1, 3], [2, 3], [6, 3], [8, 4]], 7)).toEqual([1, 2, 1, 2, 1, 2, 1]);
});

test('codes grow by a bit when the table is full for their size', () => {
  // entries 6 and 7 come with the second and third value; from the fourth code on, 4 bits
  expect(decode([CLEAR, [0, 3], [1, 3], [2, 3], [3, 4], [6, 4], [8, 4]], 8)).toEqual([
    0, 1, 2, 3, 0, 1, 2, 3,
  ]);
});

test.each([
  ['without a clear code at the start', [[1, 3], [2, 3], END]],
  ['with several', [CLEAR, CLEAR, CLEAR, [1, 3], [2, 3], END]],
  ['without an end code', [CLEAR, [1, 3], [2, 3]]],
  ['with codes after the last pixel', [CLEAR, [1, 3], [2, 3], [3, 3], [7, 3]]],
] as [string, Code[]][])('reads data %s', (_, codes) => {
  expect(decode(codes, 2)).toEqual([1, 2]);
  expect(decode(codes, 2, 2, 1)).toEqual([1, 2]);
});

test('passes over empty blocks amid the data', () => {
  const [size, first, second] = codeBlocks([CLEAR, [1, 3], [2, 3]]) as [number, number, number];
  expect(size).toBe(2);
  expect([...decodeLzw(Uint8Array.of(1, first, 0, 0, 1, second), 2, 2)]).toEqual([1, 2]);
});

test('values may have more bits than a byte, of which the low byte counts', () => {
  expect(
    decode(
      [
        [512, 10],
        [300, 10],
        [255, 10],
      ],
      2,
      9,
    ),
  ).toEqual([44, 255]);
});

test.each([
  ['no more data', [CLEAR, [1, 3]], /^1 of 2 pixels/],
  ['an end code before the end', [CLEAR, [1, 3], END, [2, 3]], /^1 of 2 pixels/],
  ['an entry straight after a clear code', [CLEAR, [6, 3]], /^a code that stands for nothing/],
  ['an entry that is not there yet', [CLEAR, [1, 3], [7, 3]], /^a code that stands for nothing/],
] as [string, Code[], RegExp][])('refuses %s', (_, codes, message) => {
  expect(() => decode(codes, 2)).toThrow(message);
});

test('refuses a block that is not whole, values of 13 bits, and more pixels than bytes can hold', () => {
  expect(() => decodeLzw(Uint8Array.of(3, 0b10001100, 0), 2, 2)).toThrow(/^0 of 2 pixels/);
  expect(() => decode([[1, 3]], 1, 13)).toThrow(/^values of 13 bits/);
  expect(() => decodeLzw(Uint8Array.of(1, 0, 0), 2, 2 ** 28)).toThrow(/^3 bytes for 268435456 pixels/);
});
