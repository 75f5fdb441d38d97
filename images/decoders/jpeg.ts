/** JPEG pictures, decoded by mozjpeg, which agrees with Pillow's libjpeg-turbo in every byte. */
import { ImageError } from '../../errors/errors.ts';
import { type Orientation, orientationOfExif } from '../orientation.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';
import { codecOptions } from './codec-options.ts';

/** What the markers before the first scan say. */
interface JpegHead {
  width: number;
  height: number;
  components: number;
  orientation: Orientation;
  /** the colour transform of an Adobe marker, where there is one: 0 CMYK, 2 YCCK */
  adobeTransform: number | undefined;
}

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
const APP14 = 0xee;

/** Start-of-frame markers: all of 0xC0…0xCF but tables (C4), a reserved one (C8) and arithmetic conditioning (CC). */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readHead(bytes: Uint8Array, where: string): JpegHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  let adobeTransform: number | undefined;
  let frame: Pick<JpegHead, 'width' | 'height' | 'components'> | undefined;
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === START_OF_SCAN || marker === END_OF_IMAGE) break;
    const length = view.getUint16(at + 2);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    if (isFrame(marker) && segment.length >= 6) {
      frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: segment[5] ?? 0 };
    } else if (marker === APP1 && segment[0] === 0x45 && segment[1] === 0x78) {
      orientation = orientationOfExif(segment);
    } else if (marker === APP14 && segment.length >= 12 && segment[0] === 0x41 && segment[1] === 0x64) {
      adobeTransform = segment[11];
    }
    at += 2 + length;
  }
  if (frame === undefined)
    throw new ImageError(`${where}: expected a JPEG frame, got none; the file is damaged`);
  return { ...frame, orientation, adobeTransform };
}

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
async function decodeInks(bytes: Uint8Array, head: JpegHead, where: string): Promise<RgbaImage> {
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
  { width, height }: JpegHead,
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
): Promise<{ image: RgbaImage; orientation: Orientation }> {
  const head = readHead(bytes, where);
  requireSize(head.width, head.height, where);
  if (![1, 3, 4].includes(head.components)) {
    throw new ImageError(
      `${where}: expected 1, 3 or 4 components, got ${head.components}; convert it to RGB`,
    );
  }
  if (!isComplete(bytes)) throw new ImageError(`${where}: expected a whole JPEG, got a truncated one`);
  const decode = head.components === 4 ? decodeInks : decodeWhole;
  return { image: await decode(bytes, head, where), orientation: head.orientation };
}
