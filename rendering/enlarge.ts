/** Images and planes of values in more pixels, or in fewer. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { type RawImage, requireSize } from '../images/raw-image.ts';
import { RESAMPLE_FILTERS, type ResampleFilter } from '../images/resample-filters.ts';
import { type ResampleWeights, resampleWeights } from '../images/resample-weights.ts';
import { resizeImage } from '../images/resize.ts';
import { nearestSources } from '../images/resize-nearest.ts';
import { type Plane, requirePlane } from './plane.ts';

/** How values between two pixels come about. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic'] as const;

/** Their numbers in `PIL.Image.Resampling`. */
const NUMBERS: Readonly<Record<Interpolation, number>> = { nearest: 0, bilinear: 2, bicubic: 3 };

/** One of `INTERPOLATIONS`. */
export type Interpolation = (typeof INTERPOLATIONS)[number];

/**
 * Resizes as Pillow does, an image in its mode RGB and a plane in its mode F: antialiased where it becomes smaller, and bit for bit
 * the same on every platform.
 *
 * Source: Pillow 13, `Resample.c`, `Geometry.c`.
 *
 * @param input borrowed
 * @param width pixels wanted
 * @param height pixels wanted
 * @returns a new one, or the given one if it has this size already
 * @throws OptionError if there is no such interpolation; ImageError if there are not as many values as the size says
 */
export function enlarge(
  image: RawImage,
  width: number,
  height: number,
  interpolation: Interpolation,
): RawImage;
export function enlarge(plane: Plane, width: number, height: number, interpolation: Interpolation): Plane;
export function enlarge(
  input: RawImage | Plane,
  width: number,
  height: number,
  interpolation: Interpolation,
): RawImage | Plane {
  requireSize(width, height, 'enlarge');
  const resample = numberOf(interpolation);
  if ('channels' in input) return resizeImage(input, width, height, resample, 'pil');
  requirePlane(input, 'enlarge');
  if (width === input.width && height === input.height) return input;
  const filter = RESAMPLE_FILTERS[resample];
  return filter === undefined
    ? nearestPlane(input, width, height)
    : filteredPlane(input, width, height, filter);
}

function numberOf(interpolation: Interpolation): number {
  if (INTERPOLATIONS.includes(interpolation)) return NUMBERS[interpolation];
  throw new OptionError(
    `enlarge: interpolation: expected one of ${INTERPOLATIONS.join(', ')}, got ${shown(interpolation)}`,
  );
}

function nearestPlane({ values, ...size }: Plane, width: number, height: number): Plane {
  const columns = nearestSources(size.width, width, false, 'pil');
  const rows = nearestSources(size.height, height, false, 'pil');
  const resized = new Float32Array(width * height);
  let to = 0;
  for (const row of rows) for (const column of columns) resized[to++] = values[row * size.width + column]!;
  return { width, height, values: resized };
}

function filteredPlane(plane: Plane, width: number, height: number, filter: ResampleFilter): Plane {
  const along = width === plane.width ? plane : alongRows(plane, resampleWeights(filter, plane.width, width));
  return height === plane.height ? along : alongColumns(along, resampleWeights(filter, plane.height, height));
}

function alongRows({ width, height, values }: Plane, axis: ResampleWeights): Plane {
  const { first, count, taps, weights } = axis;
  const newWidth = first.length;
  const resized = new Float32Array(newWidth * height);
  for (let y = 0; y < height; y++) {
    for (let o = 0; o < newWidth; o++) {
      let sum = 0;
      const from = y * width + first[o]!;
      for (let i = 0; i < count[o]!; i++) sum += values[from + i]! * weights[o * taps + i]!;
      resized[y * newWidth + o] = sum;
    }
  }
  return { width: newWidth, height, values: resized };
}

function alongColumns({ width, values }: Plane, axis: ResampleWeights): Plane {
  const { first, count, taps, weights } = axis;
  const height = first.length;
  const resized = new Float32Array(width * height);
  for (let o = 0; o < height; o++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let i = 0; i < count[o]!; i++)
        sum += values[(first[o]! + i) * width + x]! * weights[o * taps + i]!;
      resized[o * width + x] = sum;
    }
  }
  return { width, height, values: resized };
}
