/** JPEG files, decoded by the library that Pillow decodes them with. */
import { ImageError } from '../../errors/errors.ts';
import { type RawImage, requireSize } from '../raw-image.ts';
import type { Decoded } from './decoded.ts';
import { readJpegSegments } from './jpeg-segments.ts';

/**
 * @param bytes a whole JPEG file: grey, colour, or of four inks
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeJpeg(bytes: Uint8Array, where: string): Promise<Decoded> {
  const { metadata, ...size } = readJpegSegments(bytes, where);
  requireSize(size.width, size.height, where);
  const { decompressJpeg } = await import('./libjpeg-turbo/decompress.ts');
  let image: RawImage | undefined;
  try {
    image = await decompressJpeg(bytes, size);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImageError(`${where}: expected a JPEG that can be decoded, got ${reason}`, { cause: error });
  }
  if (image === undefined) throw new ImageError(`${where}: expected a whole JPEG, got a truncated one`);
  return { image, metadata };
}
