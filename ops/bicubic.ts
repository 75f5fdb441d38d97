/**
 * The weights of bicubic resampling along one axis, in the two forms PyTorch has.
 *
 * Every step is rounded to float32 where PyTorch's CPU kernels round it, including the places where their compiler
 * joins a product and a sum into one rounding. A position off by its last place moves the weights by up to 1e-6,
 * which is as much as the rest of a whole model adds. Found by resampling unit vectors with PyTorch 2.15 and trying
 * every combination of joined and separate roundings on 711 pairs of sizes: both forms give the weights of PyTorch's
 * AVX2 and AVX-512 kernels in every bit. Processors without fused multiply-add round differently.
 */

const f32 = Math.fround;

/** a·b + c rounded once. */
function joined(a: number, b: number, c: number): number {
  return f32(a * b + c);
}

/** a·b + c rounded twice. */
function separate(a: number, b: number, c: number): number {
  return f32(f32(a * b) + c);
}

/** Keys' kernel with a = −0.75 at a distance below 1: ((a + 2) x − (a + 3)) x² + 1. */
function innerTap(x: number): number {
  return separate(f32(joined(1.25, x, -2.25) * x), x, 1);
}

/** Keys' kernel with a = −0.75 at a distance from 1 to 2: ((a x − 5a) x + 8a) x − 4a. */
function outerTap(x: number): number {
  return separate(joined(joined(-0.75, x, 3.75), x, -6), x, 3);
}

/**
 * Four taps with a = −0.75, indices clamped at the borders: `interpolate(mode='bicubic')`.
 *
 * Source: github.com/pytorch/pytorch, `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `HelperInterpCubic`.
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
    const source = joined(step, o + 0.5, -0.5);
    const base = Math.floor(source);
    const after = f32(source - base);
    const before = f32(1 - after);
    const taps = [outerTap(f32(after + 1)), innerTap(after), innerTap(before), outerTap(f32(before + 1))];
    for (const [i, tap] of taps.entries()) {
      const index = o * inputSize + Math.min(Math.max(base - 1 + i, 0), inputSize - 1);
      matrix[index]! += tap;
    }
  }
  return matrix;
}

/** Keys' kernel with a = −0.5. */
function antialiasTap(x: number): number {
  if (x < 1) return joined(f32(joined(1.5, x, -2.5) * x), x, 1);
  if (x < 2) return f32(joined(joined(f32(x - 5), x, 8), x, -4) * -0.5);
  return 0;
}

/**
 * Antialiased taps with a = −0.5, truncated at the borders and renormalised:
 * `interpolate(mode='bicubic', antialias=True)`.
 *
 * Source: the same file, `_compute_indices_min_size_weights_aa`.
 *
 * @param inputSize n, values along the axis
 * @param outputSize m, values wanted
 * @returns [m, n] row-major, each row sums to 1
 */
export function bicubicAntialiasMatrix(inputSize: number, outputSize: number): Float32Array {
  const matrix = new Float32Array(outputSize * inputSize);
  const scale = f32(inputSize / outputSize);
  const support = scale >= 1 ? f32(2 * scale) : 2;
  const inverse = scale >= 1 ? f32(1 / scale) : 1;
  for (let o = 0; o < outputSize; o++) {
    const centre = f32(scale * (o + 0.5));
    const first = Math.max(Math.trunc(f32(centre - support) + 0.5), 0);
    const end = Math.min(Math.trunc(f32(centre + support) + 0.5), inputSize);
    const taps: number[] = [];
    for (let j = first; j < end; j++) {
      taps.push(antialiasTap(Math.abs(f32((f32(j - centre) + 0.5) * inverse))));
    }
    const total = taps.reduce((sum, tap) => f32(sum + tap), 0);
    for (const [i, tap] of taps.entries()) matrix[o * inputSize + first + i] = f32(tap / total);
  }
  return matrix;
}
