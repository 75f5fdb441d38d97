/** AVIF images, decoded by libavif, dav1d and libyuv, as Pillow does. */
import avif from './generated/avif.ts';
import { runDecoder, type StoredImage } from './run-decoder.ts';

/**
 * Decodes the first image of a file: 8, 10 or 12 bits, of any subsampling and matrix, whole or in a grid. Its rotation
 * and mirroring are what turns it; like Pillow, whatever else its EXIF says.
 *
 * Source: Pillow 13, _avif.c, AvifImagePlugin.py.
 *
 * @param bytes a whole AVIF file
 * @throws ImageError if it is damaged or truncated, or its colours are multiplied by alpha
 */
export function decodeAvif(bytes: Uint8Array, where: string): Promise<StoredImage> {
  return runDecoder(avif, bytes, 'AVIF', where);
}
