/** GIF pictures; of an animation, the first frame. */
import { ImageError } from '../../errors/errors.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';

/**
 * @param bytes a whole GIF file
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeGif(bytes: Uint8Array, where: string): Promise<RgbaImage> {
  const { GifReader } = await import('omggif');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 14) throw new ImageError(`${where}: expected a whole GIF, got ${bytes.length} bytes`);
  requireSize(view.getUint16(6, true), view.getUint16(8, true), where);
  try {
    const reader = new GifReader(bytes);
    const { width, height } = reader;
    const data = new Uint8Array(width * height * 4);
    reader.decodeAndBlitFrameRGBA(0, data);
    return { width, height, data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImageError(`${where}: expected a GIF that can be decoded, got ${reason}`, { cause: error });
  }
}
