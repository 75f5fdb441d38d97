/** WebP images, decoded by libwebp, as Pillow does. */
import { ImageError } from '../../errors/errors.ts';
import type { RgbaImage } from '../raw-image.ts';
import { codecOptions } from './codec-options.ts';
import type { Decoded } from './decoded.ts';
import { readWebpFile, type WebpFile } from './webp-file.ts';

/**
 * Memory of WebAssembly never shrinks, so a larger image gets a decoder of its own, which is dropped. The first one is
 * not used for that: its memory was seen to stay, in Node 20, though nothing of ours holds it.
 */
const KEPT_PIXELS = 2 ** 23;

let decoder: Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> | undefined;

async function loadDecoder(): Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> {
  const [codec, { default: text }] = await Promise.all([
    import('@jsquash/webp/decode.js'),
    import('./generated/webp.ts'),
  ]);
  await codec.init(await codecOptions(text));
  return (bytes) => codec.default(bytes);
}

/** @param file of which the chunks of one image are decoded, without a file around them */
async function decodeImage({ image, width, height }: WebpFile, where: string): Promise<RgbaImage> {
  const isLarge = width * height > KEPT_PIXELS;
  decoder ??= loadDecoder();
  try {
    if (isLarge) {
      await decoder;
      decoder = loadDecoder();
    }
    return await (await decoder)(Uint8Array.from(image).buffer);
  } catch (error) {
    decoder = undefined;
    // what the codec itself throws is an exception of C++, without a message
    const reason = error instanceof Error ? error.message : 'damaged data';
    throw new ImageError(`${where}: expected a WebP that can be decoded, got ${reason}`, { cause: error });
  } finally {
    if (isLarge) decoder = loadDecoder();
  }
}

/** The image on its canvas, which starts out as zeros. */
function onCanvas(image: RgbaImage, { width, height, left, top, hasAlpha }: WebpFile): RgbaImage {
  const covers = image.width === width && image.height === height;
  const data = covers ? image.data : new Uint8Array(width * height * 4);
  if (!covers) {
    for (let y = 0; y < image.height; y++) {
      const row = image.data.subarray(y * image.width * 4, (y + 1) * image.width * 4);
      data.set(row, ((top + y) * width + left) * 4);
    }
  }
  if (!hasAlpha) for (let at = 3; at < data.length; at += 4) data[at] = 255;
  return { width, height, data };
}

/**
 * @param bytes a whole WebP file; of an animation, the first frame is taken
 * @throws ImageError if it is damaged, truncated, or absurdly large
 */
export async function decodeWebp(bytes: Uint8Array, where: string): Promise<Decoded> {
  const file = readWebpFile(bytes, where);
  return { image: onCanvas(await decodeImage(file, where), file), metadata: file.metadata };
}
