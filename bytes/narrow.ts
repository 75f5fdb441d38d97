/** Narrowing float32 values to the two 16-bit formats of checkpoints. */

/** A 16-bit floating-point dtype. */
export type NarrowDtype = 'F16' | 'BF16';

/** Values that were rounded, and what the rounding cost. */
export interface Narrowed {
  /** little-endian, two for each value */
  bytes: Uint8Array;
  /** how many finite values became infinite */
  overflowed: number;
}

/**
 * Rounds float32 values to float16 or bfloat16: to the nearest, and halfway to the even neighbour, as PyTorch does.
 *
 * Infinities and signs of zeros are kept; what is no number stays none, quiet, with the upper bits of its payload.
 */
export function narrow(values: Float32Array, dtype: NarrowDtype): Narrowed {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const result = new Uint16Array(values.length);
  const overflowed = dtype === 'F16' ? toHalf(bits, result) : toBrain(bits, result);
  return { bytes: new Uint8Array(result.buffer), overflowed };
}

/** The bits of 2^-14, the smallest float16 that is no subnormal. */
const SMALLEST_NORMAL_HALF = 0x3880_0000;
/** The bits of 65520, halfway between the largest float16 and what would come after it. */
const HALF_OVERFLOW = 0x477f_f000;
/** The same for bfloat16. */
const BRAIN_OVERFLOW = 0x7f7f_8000;
const INFINITY_BITS = 0x7f80_0000;
/** Taken off a float32's exponent, in its place, makes it a float16's: 127 − 15. */
const REBIAS = 112 << 23;

function toHalf(bits: Int32Array, result: Uint16Array): number {
  let overflowed = 0;
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const sign = (value >>> 16) & 0x8000;
    const magnitude = value & 0x7fff_ffff;
    if (magnitude < SMALLEST_NORMAL_HALF) result[i] = sign | subnormalHalf(magnitude);
    else if (magnitude < HALF_OVERFLOW) {
      // just under half a unit, and the unit's own bit, make the carry that rounds halves to even
      result[i] = sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
    } else if (magnitude > INFINITY_BITS) result[i] = sign | 0x7e00 | ((magnitude >>> 13) & 0x1ff);
    else {
      result[i] = sign | 0x7c00;
      if (magnitude < INFINITY_BITS) overflowed++;
    }
  }
  return overflowed;
}

/** A magnitude under 2^-14 in units of 2^-24. */
function subnormalHalf(magnitude: number): number {
  const shift = 126 - (magnitude >>> 23);
  // less than half a unit; and shifts of 32 and more would wrap around
  if (shift > 24) return 0;
  const fraction = (magnitude & 0x7f_ffff) | 0x80_0000;
  const whole = fraction >>> shift;
  return (fraction + (1 << (shift - 1)) - 1 + (whole & 1)) >>> shift;
}

function toBrain(bits: Int32Array, result: Uint16Array): number {
  let overflowed = 0;
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i]!;
    const magnitude = value & 0x7fff_ffff;
    if (magnitude > INFINITY_BITS) result[i] = (value >>> 16) | 0x40;
    else {
      result[i] = (value + 0x7fff + ((value >>> 16) & 1)) >>> 16;
      if (magnitude >= BRAIN_OVERFLOW && magnitude < INFINITY_BITS) overflowed++;
    }
  }
  return overflowed;
}
