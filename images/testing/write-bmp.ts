/** Small BMPs for tests, of every kind of header. */

/** What differs from an uncompressed image with a header of 40 bytes. */
export interface BmpParts {
  width: number;
  /** negative: the first row is the top one */
  height: number;
  bits: number;
  /** 12 is the header of OS/2, with sizes of two bytes */
  header?: number;
  compression?: number;
  /** of red, green, blue and alpha: in the header if it is longer than 40 bytes, else the first three behind it */
  masks?: readonly number[];
  /** the number of colours by the header */
  colours?: number;
  palette?: readonly number[];
  pixels: readonly number[];
  /** where the pixels begin by the header */
  pixelsAt?: number;
}

/** A BMP; without its first 14 bytes it is a DIB. */
export function writeBmp(parts: BmpParts): Uint8Array<ArrayBuffer> {
  const {
    width,
    height,
    bits,
    header = 40,
    compression = 0,
    masks = [],
    colours = 0,
    palette = [],
    pixels,
  } = parts;
  const behind = header === 40 ? 4 * Math.min(masks.length, 3) : 0;
  const paletteAt = 14 + header + behind;
  const pixelsAt = paletteAt + palette.length;
  const bytes = new Uint8Array(pixelsAt + pixels.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, parts.pixelsAt ?? pixelsAt, true);
  view.setUint32(14, header, true);
  if (header === 12) {
    for (const [i, value] of [width, height, 1, bits].entries()) view.setUint16(18 + 2 * i, value, true);
  } else {
    view.setUint32(18, width, true);
    view.setInt32(22, height, true);
    view.setUint16(26, 1, true);
    view.setUint16(28, bits, true);
    view.setUint32(30, compression, true);
    view.setUint32(46, colours, true);
    const inside = masks.slice(0, header === 40 ? 3 : (header - 40) / 4);
    for (const [i, mask] of inside.entries()) view.setUint32(54 + 4 * i, mask, true);
  }
  bytes.set(palette, paletteAt);
  bytes.set(pixels, pixelsAt);
  return bytes;
}
