/** A decoded image. */
import { ImageError } from '../errors/errors.ts';

/** Pixels in memory: row-major, channels interleaved, [0, 255]. */
export interface RawImage {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** 3 for RGB */
  readonly channels: 3;
  /** height · width · channels values */
  readonly data: Uint8Array;
}

/** Pixels with alpha, not premultiplied: what decoders return, and what a browser's `ImageData` is. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  /** height · width · 4 values, red, green, blue, alpha */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** More pixels than any camera has; a header that claims more is a mistake or an attack. Pillow refuses at 179 million. */
export const MAX_PIXELS = 178_956_970;

/**
 * Refuses sizes that can't be images, before memory is asked for.
 *
 * @throws ImageError
 */
export function requireSize(width: number, height: number, where: string): void {
  const areCounts = Number.isSafeInteger(width) && Number.isSafeInteger(height);
  if (!(areCounts && width >= 1 && height >= 1 && width * height <= MAX_PIXELS)) {
    throw new ImageError(`${where}: expected 1 to ${MAX_PIXELS} pixels, got ${width}×${height}`);
  }
}

/**
 * Lays an image with alpha on white, rounding as Pillow's `alpha_composite` does.
 *
 * Source: Pillow 13, `AlphaComposite.c`; transformers 5.23.0, `image_transforms.py`, `convert_to_rgb`.
 */
export function compositeOnWhite({ width, height, data }: RgbaImage): RawImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    const alpha = data[from + 3]!;
    const white = 255 * (255 - alpha) + 128;
    const red = data[from]! * alpha + white;
    const green = data[from + 1]! * alpha + white;
    const blue = data[from + 2]! * alpha + white;
    rgb[to] = ((red >> 8) + red) >> 8;
    rgb[to + 1] = ((green >> 8) + green) >> 8;
    rgb[to + 2] = ((blue >> 8) + blue) >> 8;
  }
  return { width, height, channels: 3, data: rgb };
}
