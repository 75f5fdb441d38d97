/** BMP pictures. */
import { ImageError } from '../../errors/errors.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';

/** The parts of the headers that say how the pixels are stored. */
interface BmpHead {
  width: number;
  height: number;
  topDown: boolean;
  bits: number;
  pixelsAt: number;
  /** four bytes each: blue, green, red, unused */
  palette: Uint8Array;
  paletteStep: number;
  hasAlpha: boolean;
}

const UNCOMPRESSED = 0;
const BIT_FIELDS = 3;
const ALPHA_MASK_AT = 66;

function readHead(bytes: Uint8Array, where: string): BmpHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (expected: string, got: number): never => {
    throw new ImageError(`${where}: expected ${expected}, got ${got}; convert it to PNG`);
  };
  if (bytes.length < 54) fail('a whole BMP header', bytes.length);
  const headerSize = view.getUint32(14, true);
  if (headerSize < 40) fail('a BMP header of at least 40 bytes', headerSize);
  const height = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (![1, 4, 8, 24, 32].includes(bits)) fail('1, 4, 8, 24 or 32 bits a pixel', bits);
  if (compression !== UNCOMPRESSED && !(compression === BIT_FIELDS && bits === 32)) {
    fail('an uncompressed BMP', compression);
  }
  if (compression === BIT_FIELDS) {
    const masks = [54, 58, 62].map((at) => view.getUint32(at, true));
    if (String(masks) !== String([0xff0000, 0xff00, 0xff])) fail('the usual order of colours', masks[0] ?? 0);
  }
  const hasAlpha =
    compression === BIT_FIELDS && headerSize >= 56 && view.getUint32(ALPHA_MASK_AT, true) === 0xff00_0000;
  const colours = view.getUint32(46, true) || 2 ** bits;
  const paletteAt = 14 + headerSize;
  return {
    width: view.getInt32(18, true),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    pixelsAt: view.getUint32(10, true),
    palette: bits <= 8 ? bytes.subarray(paletteAt, paletteAt + 4 * Math.min(colours, 256)) : new Uint8Array(),
    paletteStep: 4,
    hasAlpha,
  };
}

/**
 * @param bytes a whole BMP file: palette, 24 or 32 bits, uncompressed
 * @throws ImageError if it is damaged, truncated, or of a kind that is not read
 */
export function decodeBmp(bytes: Uint8Array, where: string): RgbaImage {
  const { width, height, topDown, bits, pixelsAt, palette, paletteStep, hasAlpha } = readHead(bytes, where);
  requireSize(width, height, where);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (pixelsAt + rowBytes * height > bytes.length) {
    throw new ImageError(
      `${where}: expected ${rowBytes * height} bytes of pixels, got ${bytes.length - pixelsAt}`,
    );
  }
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const row = pixelsAt + (topDown ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const byte = row + (bit >> 3);
      const index = bits <= 8 ? ((bytes[byte] ?? 0) >> (8 - bits - (bit & 7))) & (2 ** bits - 1) : 0;
      const [source, from] = bits <= 8 ? [palette, index * paletteStep] : [bytes, byte];
      const to = (y * width + x) * 4;
      data[to] = source[from + 2] ?? 0;
      data[to + 1] = source[from + 1] ?? 0;
      data[to + 2] = source[from] ?? 0;
      data[to + 3] = hasAlpha ? (bytes[byte + 3] ?? 255) : 255;
    }
  }
  return { width, height, data };
}
