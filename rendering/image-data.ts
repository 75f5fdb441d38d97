/** Images for canvases. */
import { OptionError } from '../errors/errors.ts';
import type { RawImage } from '../images/raw-image.ts';

/**
 * What `putImageData` of a canvas takes.
 *
 * @param image borrowed
 * @throws OptionError where the platform has no `ImageData`, as Node has not
 */
export function toImageData(image: RawImage): ImageData {
  if (typeof ImageData === 'undefined')
    throw new OptionError('toImageData: expected a platform with ImageData, got none; use toRgba');
  return new ImageData(toRgba(image), image.width, image.height);
}

/** The pixels of an image with an alpha of 255 behind each: a new array [H, W, 4]. */
export function toRgba({ data }: RawImage): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((data.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  return rgba;
}
