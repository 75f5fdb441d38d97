/** AVIF images, decoded by libavif, dav1d and libyuv, as Pillow does. */
import { exifOrientation } from '../orientation/exif.ts';
import type { Decoded } from './decoded.ts';
import { runDecoder } from './run-decoder.ts';

/**
 * Decodes the first image of a file: 8, 10 or 12 bits, of any subsampling and matrix, whole or in a grid.
 *
 * Its rotation and mirroring are what turns it, whatever its EXIF says; XMP is asked where there is neither.
 *
 * Source: Pillow 13, _avif.c, AvifImagePlugin.py.
 *
 * @param bytes a whole AVIF file
 * @throws ImageError if it is damaged or truncated, or its colours are multiplied by alpha
 */
export async function decodeAvif(bytes: Uint8Array, where: string): Promise<Decoded> {
  // by itself: the browser build leaves it a file of its own, a megabyte that few need
  const { default: avif } = await import('./generated/avif.ts');
  const { image, orientation, exif, xmp } = await runDecoder(avif, bytes, 'AVIF', where);
  const isSaid = orientation !== 1 || exifOrientation(exif) !== undefined;
  return { image, metadata: isSaid ? { own: orientation } : { xmp } };
}
