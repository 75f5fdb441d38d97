/** JPEG files, decoded by the library that Pillow decodes them with. */
import { ImageError } from '../../errors/errors.ts';
import { type Orientation, orientationOfExif } from '../orientation.ts';
import { type RawImage, requireSize } from '../raw-image.ts';

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

/**
 * @param bytes a whole JPEG file: grey, colour, or of four inks
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeJpeg(
  bytes: Uint8Array,
  where: string,
): Promise<{ image: RawImage; orientation: Orientation }> {
  const { orientation, ...head } = readHead(bytes, where);
  requireSize(head.width, head.height, where);
  if (![1, 3, 4].includes(head.components)) {
    throw new ImageError(
      `${where}: expected 1, 3 or 4 components, got ${head.components}; convert it to RGB`,
    );
  }
  const { decompressJpeg } = await import('./libjpeg-turbo/decompress.ts');
  let image: RawImage | undefined;
  try {
    image = await decompressJpeg(bytes, head);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImageError(`${where}: expected a JPEG that can be decoded, got ${reason}`, { cause: error });
  }
  if (image === undefined) throw new ImageError(`${where}: expected a whole JPEG, got a truncated one`);
  return { image, orientation };
}
