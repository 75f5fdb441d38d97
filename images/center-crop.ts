/** Cutting out, or padding to, the middle of a picture. */
import type { RawImage } from './raw-image.ts';
import type { ProcessorBackend } from './resize.ts';
import type { PictureSize } from './target-size.ts';

/**
 * Where the crop begins along one axis; negative where zeros come first.
 *
 * Of an odd number of missing pixels the larger half goes after the picture in torchvision and before it in Pillow's
 * backend. Source: transformers 5.23.0, `image_processing_backends.py`, `image_transforms.py`, `center_crop`.
 */
function cropStart(length: number, crop: number, backend: ProcessorBackend): number {
  if (crop <= length) return Math.floor((length - crop) / 2);
  const missing = crop - length;
  return backend === 'pil' ? -Math.ceil(missing / 2) : -Math.floor(missing / 2);
}

/** The middle of a picture; where the picture is smaller, black is added around it. */
export function centerCrop(
  image: RawImage,
  { height, width }: PictureSize,
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
