/** JPEG pictures, decoded by mozjpeg, which agrees with Pillow's libjpeg-turbo in every byte. */
import { ImageError } from '../../errors/errors.ts';
import type { Metadata } from '../orientation/orientation.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';
import { codecOptions } from './codec-options.ts';
import { type JpegSegments, readJpegSegments } from './jpeg-segments.ts';

const END_OF_IMAGE = 0xd9;

/** Whether the file goes on to its end marker; decoders paint the missing part grey without a word. */
function isComplete(bytes: Uint8Array): boolean {
  const tail = Math.max(2, bytes.length - 65536);
  for (let i = bytes.length - 2; i >= tail; i--)
    if (bytes[i] === 0xff && bytes[i + 1] === END_OF_IMAGE) return true;
  return false;
}

let decoder: Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> | undefined;

async function loadDecoder(): Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> {
  const [codec, { default: text }] = await Promise.all([
    import('@jsquash/jpeg/decode.js'),
    import('./generated/mozjpeg.ts'),
  ]);
  await codec.init(await codecOptions(text));
  return (bytes) => codec.default(bytes, { preserveOrientation: false });
}

/** Four grey pictures, put together as inks. */
async function decodeInks(bytes: Uint8Array, head: JpegSegments, where: string): Promise<RgbaImage> {
  const { width, height, adobeTransform } = head;
  const { splitJpeg } = await import('./split-jpeg.ts');
  const { rgbaOfCmyk } = await import('./cmyk.ts');
  const planes: Uint8Array[] = [];
  for (const grey of splitJpeg(bytes, where)) {
    const { data } = await decodeWhole(grey, head, where);
    planes.push(Uint8Array.from({ length: width * height }, (_, i) => data[4 * i] ?? 0));
  }
  const kind = { ycck: adobeTransform === 2, inverted: adobeTransform !== undefined };
  return { width, height, data: rgbaOfCmyk(planes, width * height, kind) };
}

async function decodeWhole(
  bytes: Uint8Array,
  { width, height }: JpegSegments,
  where: string,
): Promise<RgbaImage> {
  decoder ??= loadDecoder();
  try {
    const image = await (await decoder)(bytes.slice().buffer);
    if (image.width !== width || image.height !== height)
      throw new Error(`${image.width}×${image.height} pixels`);
    return image;
  } catch (error) {
    // a failed decode may leave the codec's memory in a bad state
    decoder = undefined;
    // what the codec itself throws is an exception of C++, without a message
    const reason = error instanceof Error ? error.message : 'damaged data';
    throw new ImageError(`${where}: expected a JPEG that can be decoded, got ${reason}`, { cause: error });
  }
}

/**
 * @param bytes a whole JPEG file: grey, colour, or of four inks in one resolution
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  where: string,
): Promise<{ image: RgbaImage; metadata: Metadata }> {
  const head = readJpegSegments(bytes, where);
  requireSize(head.width, head.height, where);
  if (!isComplete(bytes)) throw new ImageError(`${where}: expected a whole JPEG, got a truncated one`);
  const decode = head.components === 4 ? decodeInks : decodeWhole;
  return { image: await decode(bytes, head, where), metadata: head.metadata };
}
