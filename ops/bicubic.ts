/** The weights of bicubic resampling along one axis, in the two forms PyTorch has. */

/** Keys' cubic convolution kernel at distance |x|, with free parameter a. */
function cubic(x: number, a: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

const f32 = Math.fround;

/**
 * Four taps with a = −0.75, indices clamped at the borders: `interpolate(mode='bicubic')`.
 *
 * Positions and coefficients are rounded to float32 where ATen rounds them (`get_cubic_upsample_coefficients`,
 * `area_pixel_compute_source_index`), so that the result is PyTorch's and not merely close to it.
 *
 * @param inputSize n, values along the axis
 * @param outputSize m, values wanted
 * @param scale input steps per output step: n/m, or 1/scale_factor where PyTorch was given a scale factor
 * @returns [m, n] row-major, each row sums to 1
 */
export function bicubicMatrix(inputSize: number, outputSize: number, scale: number): Float32Array {
  const matrix = new Float32Array(outputSize * inputSize);
  const step = f32(scale);
  for (let o = 0; o < outputSize; o++) {
    const source = f32(f32(step * f32(o + 0.5)) - 0.5);
    const base = Math.floor(source);
    const t = f32(source - base);
    const taps = [t + 1, t, 1 - t, 2 - t].map((distance) => float32Cubic(f32(distance)));
    for (const [i, tap] of taps.entries()) {
      const index = o * inputSize + Math.min(Math.max(base - 1 + i, 0), inputSize - 1);
      matrix[index] = (matrix[index] ?? 0) + tap;
    }
  }
  return matrix;
}

/** `cubic` with a = −0.75, every step in float32. */
function float32Cubic(distance: number): number {
  const a = -0.75;
  if (distance <= 1) {
    const inner = f32(f32(f32(a + 2) * distance) - f32(a + 3));
    return f32(f32(f32(inner * distance) * distance) + 1);
  }
  const inner = f32(f32(f32(a * distance) - f32(5 * a)) * distance);
  return f32(f32(f32(inner + f32(8 * a)) * distance) - f32(4 * a));
}

/**
 * Antialiased taps with a = −0.5, truncated at the borders and renormalised:
 * `interpolate(mode='bicubic', antialias=True)`.
 *
 * @param inputSize n, values along the axis
 * @param outputSize m, values wanted
 * @returns [m, n] row-major, each row sums to 1
 */
export function bicubicAntialiasMatrix(inputSize: number, outputSize: number): Float32Array {
  const matrix = new Float32Array(outputSize * inputSize);
  const scale = f32(inputSize / outputSize);
  const stretch = Math.max(scale, 1);
  const support = f32(2 * stretch);
  for (let o = 0; o < outputSize; o++) {
    const centre = f32(scale * f32(o + 0.5));
    const first = Math.max(Math.trunc(f32(f32(centre - support) + 0.5)), 0);
    const end = Math.min(Math.trunc(f32(f32(centre + support) + 0.5)), inputSize);
    const taps: number[] = [];
    for (let j = first; j < end; j++) taps.push(f32(cubic(f32((j - centre + 0.5) / stretch), -0.5)));
    const total = taps.reduce((sum, tap) => f32(sum + tap), 0);
    for (const [i, tap] of taps.entries()) matrix[o * inputSize + first + i] = f32(tap / total);
  }
  return matrix;
}
