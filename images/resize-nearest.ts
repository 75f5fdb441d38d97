/** Resizing by repeating and leaving out pixels, from the same pixels as Pillow and PyTorch. */

import type { ProcessorBackend } from './processor-backend.ts';
import type { RawImage } from './raw-image.ts';

const f32 = Math.fround;

/** Up to this sum of height and width PyTorch runs a kernel of its own, which rounds in another place. */
const SMALL_OUTPUT = 128;

/**
 * The pixel each pixel of the result is taken from, along one axis.
 *
 * All take the one under the middle of the new pixel; where that is the border of two, rounding decides. Pillow adds up
 * steps in float64; PyTorch multiplies with a scale in float32.
 *
 * Source: Pillow 13, `Geometry.c`, `ImagingScaleAffine`; PyTorch 2.15, `UpSample.h`,
 * `nearest_neighbor_exact_compute_source_index`, `UpSampleKernel.cpp`, `HelperInterpNearestExact`.
 */
export function nearestSources(
  input: number,
  output: number,
  isSmall: boolean,
  backend: ProcessorBackend,
): Int32Array {
  const step = input / output;
  const scale = f32(step);
  let middle = step * 0.5;
  return Int32Array.from({ length: output }, (_, o) => {
    let place = middle;
    middle += step;
    if (backend === 'torchvision') {
      const product = (o + 0.5) * scale;
      place = isSmall ? f32(product) : f32(Math.max(f32(product - 0.5), 0) + 0.5);
    }
    return Math.min(Math.floor(place), input - 1);
  });
}

/**
 * @param image borrowed
 * @returns a new image
 */
export function resizeNearest(
  image: RawImage,
  width: number,
  height: number,
  backend: ProcessorBackend,
): RawImage {
  const isSmall = width + height <= SMALL_OUTPUT;
  const rows = nearestSources(image.height, height, isSmall, backend);
  const columns = nearestSources(image.width, width, isSmall, backend);
  const data = new Uint8Array(width * height * 3);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      const from = (row * image.width + column) * 3;
      data[to++] = image.data[from]!;
      data[to++] = image.data[from + 1]!;
      data[to++] = image.data[from + 2]!;
    }
  }
  return { width, height, channels: 3, data };
}
