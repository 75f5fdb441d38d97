/**
 * BMP images, with or without the header of a file (DIB), read as Pillow reads them.
 *
 * Source: Pillow 13, `BmpImagePlugin.py`, `RawDecode.c`.
 */
import { ImageError } from '../../errors/errors.ts';
import { type BmpHeader, RLE4, RLE8, readBmpHeader } from './bmp-header.ts';
import { readBmpPalette } from './bmp-palette.ts';
import { decodeBmpRuns } from './bmp-rle.ts';
import { colourUnpacker, indexUnpacker, type Unpacker } from './bmp-unpack.ts';
import type { Decoded } from './decoded.ts';

/** Rows of pixels in the order of the file. */
interface StoredRows {
  bytes: Uint8Array;
  /** where the first row begins */
  at: number;
  /** bytes from one row to the next */
  stride: number;
  unpacker: Unpacker;
}

/**
 * @param bytes a whole BMP or DIB file
 * @throws ImageError if it is damaged, truncated, or of a kind that Pillow refuses
 */
export function decodeBmp(bytes: Uint8Array, where: string): Decoded {
  const header = readBmpHeader(bytes, where);
  const { width, height, topDown } = header;
  const rows = storedRows(bytes, header, where);
  const { unpack, bits } = rows.unpacker;
  const rowBytes = Math.ceil((width * bits) / 8);
  if (rowBytes > rows.stride) {
    throw new ImageError(
      `${where}: expected rows of ${rowBytes} bytes, as Pillow takes them where every index is its own grey, got ${rows.stride}; convert it to PNG`,
    );
  }
  // after the pixels of the last row nothing is needed
  const needed = rows.stride * (height - 1) + rowBytes;
  if (rows.at + needed > rows.bytes.length) {
    const got = Math.max(0, rows.bytes.length - rows.at);
    throw new ImageError(`${where}: expected ${needed} bytes of pixels, got ${got}; the file is truncated`);
  }
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = rows.at + (topDown ? y : height - 1 - y) * rows.stride;
    unpack(rows.bytes.subarray(from, from + rowBytes), data.subarray(y * width * 4, (y + 1) * width * 4));
  }
  return { image: { width, height, data } };
}

function storedRows(bytes: Uint8Array, header: BmpHeader, where: string): StoredRows {
  const { width, height, bits, compression, pixelsAt } = header;
  const palette = bits <= 8 ? readBmpPalette(bytes, header, where) : undefined;
  if (compression === RLE8 || compression === RLE4) {
    if (palette === undefined) {
      throw new ImageError(
        `${where}: expected 1 to 8 bits a pixel in a BMP of runs, got ${bits}; convert it to PNG`,
      );
    }
    const runs = { width, height, bits: compression === RLE8 ? 8 : 4 } as const;
    const indices = decodeBmpRuns(bytes, pixelsAt, runs, where);
    return { bytes: indices, at: 0, stride: width, unpacker: indexUnpacker(8, palette.colours) };
  }
  const unpacker =
    palette === undefined
      ? colourUnpacker(header, where)
      : indexUnpacker({ '1': 1, L: 8, P: bits }[palette.mode], palette.colours);
  return { bytes, at: pixelsAt, stride: Math.ceil((width * bits) / 32) * 4, unpacker };
}
