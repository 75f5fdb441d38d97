import { widen } from './widen.ts';

function bytesOf(values: { buffer: ArrayBufferLike }): Uint8Array {
  return new Uint8Array(values.buffer);
}

test('float16 is exact, with subnormals, infinities and what is no number', () => {
  const bits = Uint16Array.from([
    0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0xfc00, 0x7e00,
  ]);
  const expected = [
    0,
    -0,
    2 ** -24,
    1023 * 2 ** -24,
    2 ** -14,
    1,
    -2,
    65504,
    Infinity,
    -Infinity,
    Number.NaN,
  ];
  expect([...widen(bytesOf(bits), 'F16')]).toEqual(expected);
});

test('bfloat16 is the upper half of a float32', () => {
  const bits = Uint16Array.from([0x3f80, 0xc040, 0x7f80, 0x0001]);
  expect([...widen(bytesOf(bits), 'BF16')]).toEqual([1, -3, Infinity, Math.fround(2 ** -133)]);
});

test('float32 is not copied; the others are rounded to the nearest', () => {
  const floats = Float32Array.from([1.5, -2]);
  expect(widen(bytesOf(floats), 'F32').buffer).toBe(floats.buffer);
  expect([...widen(bytesOf(Float64Array.from([0.1])), 'F64')]).toEqual([Math.fround(0.1)]);
  expect([...widen(bytesOf(BigInt64Array.from([-5n])), 'I64')]).toEqual([-5]);
  expect([...widen(bytesOf(BigUint64Array.from([2n ** 60n])), 'U64')]).toEqual([2 ** 60]);
  expect([...widen(bytesOf(Int32Array.from([-7])), 'I32')]).toEqual([-7]);
  expect([...widen(bytesOf(Uint32Array.from([4e9])), 'U32')]).toEqual([4e9]);
  expect([...widen(bytesOf(Int16Array.from([-300])), 'I16')]).toEqual([-300]);
  expect([...widen(bytesOf(Uint16Array.from([60000])), 'U16')]).toEqual([60000]);
  expect([...widen(bytesOf(Int8Array.from([-3])), 'I8')]).toEqual([-3]);
  expect([...widen(Uint8Array.from([1, 0]), 'BOOL')]).toEqual([1, 0]);
});
