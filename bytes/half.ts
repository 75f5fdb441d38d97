/** The two 16-bit floats of checkpoints as float32; every value has one, so nothing is rounded. */

let halves: Float32Array | undefined;

/** Every float16 as a float32: 256 kB, made at the first use, which is faster than arithmetic per value. */
function halfTable(): Float32Array {
  if (halves !== undefined) return halves;
  halves = new Float32Array(0x1_0000);
  for (let bits = 0; bits < 0x1_0000; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    if (exponent === 0) halves[bits] = sign * fraction * 2 ** -24;
    else if (exponent === 31) halves[bits] = fraction === 0 ? sign * Infinity : Number.NaN;
    else halves[bits] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return halves;
}

/** The values of float16 bits, in a new array. What is no number loses its bits but for being none. */
export function widenFloat16(bits: Uint16Array): Float32Array {
  const table = halfTable();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]!]!;
  return values;
}

/** The values of bfloat16 bits, the upper half of a float32, in a new array. */
export function widenBfloat16(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i]! << 16;
  return new Float32Array(wide.buffer);
}
