/** Images to put others into. */
import type { RawImage } from '../images/raw-image.ts';
import type { Colour } from './colour.ts';

/** An image of one colour. */
export function blankImage(width: number, height: number, colour: Colour): RawImage {
  const data = new Uint8Array(3 * width * height);
  data.set(data.length > 0 ? colour : []);
  // what is filled is copied behind itself
  for (let filled = 3; filled < data.length; filled *= 2) data.copyWithin(filled, 0, filled);
  return { width, height, channels: 3, data };
}

/** Copies an image into another, which changes and has room for it. */
export function placeImage(into: RawImage, image: RawImage, left: number, top: number): void {
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(3 * y * image.width, 3 * (y + 1) * image.width);
    into.data.set(row, 3 * ((top + y) * into.width + left));
  }
}
