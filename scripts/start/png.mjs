/** Small PNG files, for pages to show what was computed. */
import { encodePng } from 'dinov2-tfjs';

/**
 * @param width in pixels
 * @param data row-major [H, W, C], of 3 channels (RGB) or 4 (RGBA)
 * @returns a `data:` URL, which an `<img>` can have as its source
 */
export async function pngUrl(width, height, data) {
  const image =
    data.length === 3 * width * height ? { width, height, channels: 3, data } : { width, height, data };
  return `data:image/png;base64,${Buffer.from(await encodePng(image)).toString('base64')}`;
}
