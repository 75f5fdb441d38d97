/** Cutting a rectangle out of an image, and mirroring one. */
import type { RawImage } from '../raw-image.ts';
import type { CropBox } from './random-resized-crop.ts';

/**
 * The pixels of a rectangle.
 *
 * @param box inside the image
 * @returns a new image
 */
export function cropImage(image: RawImage, { top, left, height, width }: CropBox): RawImage {
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, channels: 3, data };
}

/**
 * Left and right exchanged.
 *
 * @returns a new image
 */
export function flipImage({ data, width, height }: RawImage): RawImage {
  const flipped = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = width - 1; x >= 0; x--, to += 3) {
      const from = (y * width + x) * 3;
      flipped[to] = data[from]!;
      flipped[to + 1] = data[from + 1]!;
      flipped[to + 2] = data[from + 2]!;
    }
  }
  return { width, height, channels: 3, data: flipped };
}
