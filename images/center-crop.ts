/** Center crop: cutting out, or padding to, the middle of an image. */

import type { ProcessorBackend } from './processor-backend.ts';
import type { RawImage } from './raw-image.ts';
import { type ImageSize, roundHalfEven } from './target-size.ts';

/**
 * Where the crop begins along one axis; negative where zeros come first.
 *
 * Of an odd number of missing pixels the larger half goes after the image in torchvision and before it in Pillow's
 * backend; of an odd number of surplus pixels the half is cut off in both of these, and rounded to the even neighbour by
 * timm. Source: transformers 5.23.0, `image_processing_backends.py`, `image_transforms.py`, `center_crop`; torchvision's
 * `transforms/functional.py`, `center_crop`, which timm calls.
 */
export function cropStart(length: number, crop: number, backend: ProcessorBackend): number {
  const surplus = length - crop;
  if (surplus < 0) return backend === 'pil' ? -Math.ceil(-surplus / 2) : -Math.floor(-surplus / 2);
  return backend === 'timm' ? roundHalfEven(surplus / 2) : Math.floor(surplus / 2);
}

/** The middle of an image; where the image is smaller, black is added around it. */
export function centerCrop(
  image: RawImage,
  { height, width }: ImageSize,
  backend: ProcessorBackend,
): RawImage {
  const top = cropStart(image.height, height, backend);
  const left = cropStart(image.width, width, backend);
  const data = new Uint8Array(height * width * 3);
  const firstColumn = Math.max(left, 0);
  const endColumn = Math.min(left + width, image.width);
  for (let y = Math.max(0, -top); y < height && top + y < image.height; y++) {
    const row = (top + y) * image.width;
    const pixels = image.data.subarray((row + firstColumn) * 3, (row + endColumn) * 3);
    data.set(pixels, (y * width + firstColumn - left) * 3);
  }
  return { width, height, channels: 3, data };
}
