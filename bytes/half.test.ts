import { widenBfloat16, widenFloat16 } from './half.ts';

/** All bits that 16 can be. */
const EVERY = Uint16Array.from({ length: 0x1_0000 }, (_, bits) => bits);

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** The bits of a float16 as a float32, by moving them about; what is no number becomes the usual one. */
function wideBits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign | 0x7f800000 : 0x7fc00000;
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  if (fraction === 0) return sign;
  const shift = Math.clz32(fraction) - 21;
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13);
}

test('every float16 is exact, to the bit', () => {
  expect(bitsOf(widenFloat16(EVERY))).toEqual(Uint32Array.from(EVERY, wideBits));
});

test('every bfloat16 is the upper half of a float32, to the bit', () => {
  expect(bitsOf(widenBfloat16(EVERY))).toEqual(Uint32Array.from(EVERY, (bits) => bits << 16));
});
