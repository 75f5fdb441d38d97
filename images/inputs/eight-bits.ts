/** Pixels of wider numbers as bytes, by a stated meaning. */
import { tagOf } from '../../bytes/tag-of.ts';
import { ImageError, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';

/** Arrays of numbers whose values alone don't tell what is white. */
export type WideValues = Float32Array | Float64Array | Uint16Array;

/** Whether a value is such an array, of whichever realm. */
export function isWide(value: unknown): value is WideValues {
  return ['Float32Array', 'Float64Array', 'Uint16Array'].includes(tagOf(value));
}

/** What black and white are. */
export type PixelRange = readonly [0, 1] | readonly [0, 255] | readonly [0, 65535];

/** What becomes of a value, by the end of its range. */
const ROUNDINGS: Readonly<Record<number, (value: number) => number>> = {
  1: (value) => Math.round(value * 255),
  255: (value) => Math.round(value),
  65535: (value) => Math.floor(value / 256),
};

/**
 * Values in a range as bytes, which image processors resize.
 *
 * Of [0, 1] and [0, 255] the nearest byte, halves upwards, as TF.js's `tf.browser.toPixels` does; of [0, 65535] the high
 * byte, as Pillow does with 16-bit colour and torchvision's `to_dtype` with uint16.
 *
 * @throws OptionError if no range is stated, or one that has no meaning here; ImageError if a value is outside of it, or NaN
 */
export function eightBits(values: WideValues, range: PixelRange | undefined, where: string): Uint8Array {
  const ranges = '[0, 1], [0, 255] or [0, 65535]';
  if (range === undefined) {
    throw new OptionError(
      `${where}: expected pixels that are no bytes to say their range, got none; add range: ${ranges}`,
    );
  }
  const [low, high = Number.NaN] = Array.isArray(range) ? range : [];
  const round = ROUNDINGS[high];
  if (low !== 0 || round === undefined) {
    throw new OptionError(`${where}: expected range to be ${ranges}, got ${shown(range)}`);
  }
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!(value >= 0 && value <= high)) {
      throw new ImageError(
        `${where}: expected values within ${shown(range)}, got ${value} at ${i}; values that are normalised already go to forward()`,
      );
    }
    bytes[i] = round(value);
  }
  return bytes;
}
