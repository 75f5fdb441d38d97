/**
 * The headers of BMP and DIB files.
 *
 * Source: Pillow 13, `BmpImagePlugin.py`; Microsoft, Bitmap Header Types; IBM, OS/2 bitmap file format.
 */
import { ImageError } from '../../errors/errors.ts';
import { DIB_HEADERS, INFO_HEADER, OS2_HEADER } from '../dib-headers.ts';
import { requireSize } from '../raw-image.ts';

export const UNCOMPRESSED = 0;
export const RLE8 = 1;
export const RLE4 = 2;
export const BIT_FIELDS = 3;
/** What other numbers of a compression stand for. */
const FOREIGN: Readonly<Record<number, string>> = { 4: 'a JPEG inside', 5: 'a PNG inside' };
const DEPTHS = [1, 4, 8, 16, 24, 32];

/** The header of a file begins with the letters BM; a DIB has none. */
const FILE_HEADER = 14;
const LETTER_B = 0x42;

/** What a header says about the pixels. */
export interface BmpHeader {
  width: number;
  height: number;
  /** whether the first row stored is the top one */
  topDown: boolean;
  /** of a pixel: 1, 4 or 8, which are indices of the palette, 16, 24 or 32 */
  bits: number;
  compression: number;
  /** bits of red, green, blue and alpha in a pixel; empty unless `compression` is `BIT_FIELDS` */
  masks: readonly number[];
  /** where the palette begins, from the beginning of the file */
  paletteAt: number;
  /** bytes of a colour of the palette: blue, green, red, and one unused or none */
  paletteStep: 3 | 4;
  /** in the palette, by the header */
  colours: number;
  /** where the pixels begin, from the beginning of the file */
  pixelsAt: number;
}

/**
 * @param bytes a whole BMP or DIB file
 * @throws ImageError if its header ends early, or is of a size, a depth or a compression that is not read
 */
export function readBmpHeader(bytes: Uint8Array, where: string): BmpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[0] === LETTER_B ? FILE_HEADER : 0;
  const require = (length: number): void => {
    if (bytes.length >= length) return;
    throw new ImageError(
      `${where}: expected a BMP header of ${length} bytes, got ${bytes.length}; the file is truncated`,
    );
  };
  require(start + 4);
  const size = view.getUint32(start, true);
  if (!DIB_HEADERS.includes(size)) {
    throw new ImageError(
      `${where}: expected a BMP header of ${DIB_HEADERS.join(', ')} bytes, got ${size}; convert it to PNG`,
    );
  }
  const end = start + size;
  require(end);
  const os2 = size === OS2_HEADER;
  const bits = view.getUint16(start + (os2 ? 10 : 14), true);
  const compression = os2 ? UNCOMPRESSED : view.getUint32(start + 16, true);
  requireKind(bits, compression, where);

  const topDown = !os2 && bytes[start + 11] === 0xff;
  const width = os2 ? view.getUint16(start + 4, true) : view.getUint32(start + 4, true);
  const stored = os2 ? view.getUint16(start + 6, true) : view.getUint32(start + 8, true);
  const height = topDown ? 2 ** 32 - stored : stored;
  requireSize(width, height, where);

  const maskCount = compression !== BIT_FIELDS ? 0 : size >= 56 ? 4 : 3;
  // only the oldest header has its masks behind it
  const paletteAt = size === INFO_HEADER ? end + 4 * maskCount : end;
  require(paletteAt);
  const masks = Array.from({ length: maskCount }, (_, i) =>
    view.getUint32(start + INFO_HEADER + 4 * i, true),
  );

  const colours = (os2 ? 0 : view.getUint32(start + 32, true)) || 2 ** bits;
  const paletteStep = os2 ? 3 : 4;
  const palette = bits <= 8 ? paletteStep * colours : 0;
  const stated = start === 0 ? 0 : view.getUint32(10, true);
  // some files say that their pixels begin where their palette does
  const pixelsAt = stated === 0 ? paletteAt + palette : stated === end ? end + palette : stated;
  return { width, height, topDown, bits, compression, masks, paletteAt, paletteStep, colours, pixelsAt };
}

function requireKind(bits: number, compression: number, where: string): void {
  if (!DEPTHS.includes(bits)) {
    throw new ImageError(
      `${where}: expected a BMP of ${DEPTHS.join(', ')} bits a pixel, got ${bits}; convert it to PNG`,
    );
  }
  if (compression > BIT_FIELDS || (compression === BIT_FIELDS && bits < 16)) {
    const name = FOREIGN[compression] ?? `compression ${compression} of ${bits} bits a pixel`;
    throw new ImageError(
      `${where}: expected a BMP of plain, RLE8 or RLE4 pixels, got ${name}; convert it to PNG`,
    );
  }
}
