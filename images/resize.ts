/**
 * Resizing images to the bit as Pillow and as PyTorch's uint8 kernels do.
 *
 * Both compute antialiased weights in float64, round them to integers, and run a horizontal and a vertical pass with
 * uint8 in between. They differ in how many bits the integers have: Pillow always 22 after the point, PyTorch as
 * many as fit 16 bits; and Pillow runs the vertical pass first where much more of the height goes than of the width.
 */
import { OptionError } from '../errors/errors.ts';
import type { ProcessorBackend } from './processor-backend.ts';
import type { RawImage } from './raw-image.ts';
import { NEAREST, RESAMPLE_FILTERS, type ResampleFilter } from './resample-filters.ts';
import { resampleWeights } from './resample-weights.ts';
import { resizeNearest } from './resize-nearest.ts';

/** Integer weights for one axis: output o is Σ values[first[o] + i] · weights[o · taps + i], shifted by `bits`. */
interface AxisWeights {
  first: Int32Array;
  count: Int32Array;
  taps: number;
  weights: Int32Array;
  bits: number;
}

const PILLOW_BITS = 22;
const INT16_LIMIT = 2 ** 15;

function pytorchBits(weights: Float64Array): number {
  const largest = weights.reduce((max, weight) => Math.max(max, weight), 0);
  let bits = 0;
  while (bits < PILLOW_BITS && Math.trunc(0.5 + largest * 2 ** (bits + 1)) < INT16_LIMIT) bits++;
  return bits;
}

function axisWeights(
  filter: ResampleFilter,
  inputSize: number,
  outputSize: number,
  backend: ProcessorBackend,
): AxisWeights {
  const { weights: floats, ...bounds } = resampleWeights(filter, inputSize, outputSize);
  const bits = backend === 'torchvision' ? pytorchBits(floats) : PILLOW_BITS;
  const weights = Int32Array.from(floats, (weight) =>
    Math.trunc(weight * 2 ** bits + (weight < 0 ? -0.5 : 0.5)),
  );
  return { ...bounds, weights, bits };
}

function clip(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}

/** Resamples rows `top` to `bottom` of an image of interleaved RGB along x. */
function horizontalPass(image: RawImage, axis: AxisWeights, top: number, bottom: number): Uint8Array {
  const newWidth = axis.first.length;
  const result = new Uint8Array(newWidth * (bottom - top) * 3);
  const { data, width } = image;
  const { first, count, taps, weights, bits } = axis;
  const half = bits > 0 ? 1 << (bits - 1) : 0;
  let to = 0;
  for (let y = top; y < bottom; y++) {
    for (let o = 0; o < newWidth; o++) {
      let from = (y * width + first[o]!) * 3;
      let red = half;
      let green = half;
      let blue = half;
      const row = o * taps;
      const end = row + count[o]!;
      for (let i = row; i < end; i++) {
        const weight = weights[i]!;
        red += data[from]! * weight;
        green += data[from + 1]! * weight;
        blue += data[from + 2]! * weight;
        from += 3;
      }
      result[to] = clip(red >> bits);
      result[to + 1] = clip(green >> bits);
      result[to + 2] = clip(blue >> bits);
      to += 3;
    }
  }
  return result;
}

/** Resamples along y; `data` starts at row `top` of the image. */
function verticalPass(data: Uint8Array, width: number, axis: AxisWeights, top: number): Uint8Array {
  const rowLength = width * 3;
  const newHeight = axis.first.length;
  const result = new Uint8Array(rowLength * newHeight);
  const { first, count, taps, weights, bits } = axis;
  const sums = new Int32Array(rowLength);
  for (let o = 0; o < newHeight; o++) {
    sums.fill(bits > 0 ? 1 << (bits - 1) : 0);
    for (let i = 0; i < count[o]!; i++) {
      const weight = weights[o * taps + i]!;
      const from = (first[o]! + i - top) * rowLength;
      for (let x = 0; x < rowLength; x++) sums[x] = sums[x]! + data[from + x]! * weight;
    }
    for (let x = 0; x < rowLength; x++) result[o * rowLength + x] = clip(sums[x]! >> bits);
  }
  return result;
}

/**
 * Resizes an image, antialiased; an axis whose length stays is not touched.
 *
 * Source: Pillow 13, `Resample.c`; PyTorch 2.15, `UpSampleKernelAVXAntialias.h`.
 *
 * @param image borrowed
 * @param width pixels wanted
 * @param height pixels wanted
 * @param resample the filter as `PIL.Image.Resampling` numbers it
 * @returns a new image, or the given one if it has this size already
 * @throws OptionError if the backend has no such filter
 */
export function resizeImage(
  image: RawImage,
  width: number,
  height: number,
  resample: number,
  backend: ProcessorBackend,
): RawImage {
  if (width === image.width && height === image.height) return image;
  if (resample === NEAREST) return resizeNearest(image, width, height, backend);
  const filter = RESAMPLE_FILTERS[resample];
  if (filter === undefined || (backend === 'torchvision' && resample > 3)) {
    throw new OptionError(
      `resize: expected a filter that ${backend} has (0 to ${backend === 'torchvision' ? 3 : 5}), got ${resample}`,
    );
  }
  const rows = height === image.height ? undefined : axisWeights(filter, image.height, height, backend);
  const columns = width === image.width ? undefined : axisWeights(filter, image.width, width, backend);
  const shrunk = image.height - height;
  if (rows && columns && backend !== 'torchvision' && shrunk > 0 && shrunk > (image.width - width) * 2) {
    const lowered = { ...image, height, data: verticalPass(image.data, image.width, rows, 0) };
    return { width, height, channels: 3, data: horizontalPass(lowered, columns, 0, height) };
  }
  const top = rows === undefined ? 0 : rows.first[0]!;
  const bottom = rows === undefined ? image.height : rows.first[height - 1]! + rows.count[height - 1]!;
  const narrowed =
    columns === undefined
      ? image.data.subarray(top * width * 3, bottom * width * 3)
      : horizontalPass(image, columns, top, bottom);
  const data = rows === undefined ? narrowed.slice() : verticalPass(narrowed, width, rows, top);
  return { width, height, channels: 3, data };
}
