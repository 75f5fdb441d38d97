/** One image over another. */
import { ImageError } from '../errors/errors.ts';
import type { RawImage } from '../images/raw-image.ts';
import { type Plane, requirePlane } from './plane.ts';

/**
 * Lays an image over another of its size.
 *
 * @param image what lies below; borrowed
 * @param over borrowed
 * @param opacity from 0, where only `image` is seen, to 1, where only `over` is; or a plane with one for each pixel, of which
 *   NaN is 0
 * @returns a new image: image + (over - image) · opacity, rounded
 * @throws ImageError if the sizes differ
 */
export function overlay(image: RawImage, over: RawImage, opacity: number | Plane): RawImage {
  const { width, height } = image;
  requireSameSize(image, over);
  if (typeof opacity !== 'number') {
    requirePlane(opacity, 'overlay');
    requireSameSize(image, opacity);
  }
  const data = new Uint8Array(3 * width * height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const given = typeof opacity === 'number' ? opacity : opacity.values[pixel]!;
    const share = given > 0 ? Math.min(given, 1) : 0;
    for (let i = 3 * pixel; i < 3 * pixel + 3; i++) {
      const below = image.data[i]!;
      data[i] = Math.round(below + (over.data[i]! - below) * share);
    }
  }
  return { width, height, channels: 3, data };
}

function requireSameSize(image: RawImage, over: RawImage | Plane): void {
  if (over.width === image.width && over.height === image.height) return;
  throw new ImageError(
    `overlay: expected ${image.width}×${image.height} pixels as the image below has, got ${over.width}×${over.height}; use enlarge`,
  );
}
