/** Many normal numbers at once, in torch's order. */

const BLOCK = 16;
const HALF = BLOCK / 2;
const f32 = Math.fround;
const TURN = f32(2 * Math.PI);

/**
 * Normal numbers from uniform ones: all uniform ones are drawn first; in each block of 16 the first eight give radii, the
 * other eight angles. What is left over at the end is drawn again as the last block of 16.
 *
 * Source: PyTorch 2.15, `ATen/native/cpu/DistributionTemplates.h`, `normal_fill`.
 *
 * @param count at least 16
 * @param rand uniform numbers in [0, 1)
 * @returns [count]
 */
export function fillNormal(count: number, mean: number, deviation: number, rand: () => number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = rand();
  for (let start = 0; start + BLOCK <= count; start += BLOCK) toNormal(values, start, mean, deviation);
  if (count % BLOCK !== 0) {
    const start = count - BLOCK;
    for (let i = start; i < count; i++) values[i] = rand();
    toNormal(values, start, mean, deviation);
  }
  return values;
}

/** Sixteen uniform numbers made normal where they stand, by Box and Muller. */
function toNormal(values: Float32Array, start: number, mean: number, deviation: number): void {
  for (let i = start; i < start + HALF; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[i]!));
    const angle = f32(TURN * values[i + HALF]!);
    values[i] = f32(radius * Math.cos(angle)) * deviation + mean;
    values[i + HALF] = f32(radius * Math.sin(angle)) * deviation + mean;
  }
}
