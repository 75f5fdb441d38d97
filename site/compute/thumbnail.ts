/** Small copies of images that the browser itself can't read, such as TIFF and JPEG 2000. */
import { decodeImage, toImageData } from '../../lib/index.ts';
import type { Calls } from '../protocol.ts';

/** @returns a PNG whose longer side is `side` pixels at most */
export async function thumbnail({ image, side }: Calls['thumbnail']['request']): Promise<Blob> {
  const decoded = await decodeImage(image.blob, image.name);
  const { width, height } = decoded;
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, width * scale), Math.max(1, height * scale));
  const bitmap = await createImageBitmap(toImageData(decoded));
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob();
}
