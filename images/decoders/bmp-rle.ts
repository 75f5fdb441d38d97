/**
 * The run-length encodings of BMP.
 *
 * Source: Pillow 13, `BmpImagePlugin.py`, `BmpRleDecoder`; Microsoft, Bitmap Compression.
 */
import { ImageError } from '../../errors/errors.ts';

/** The parts of an encoding that a count of 0 is followed by; a larger number counts pixels that stand there plainly. */
const END_OF_ROW = 0;
const END_OF_IMAGE = 1;
const DELTA = 2;

/** How the indices of an image are encoded. */
export interface RunLengths {
  width: number;
  height: number;
  /** 8 for RLE8; 4 for RLE4, which has two indices a byte */
  bits: 4 | 8;
}

/**
 * A run stops at the edge of its row; indices that stand plainly go on in the next row. What is passed over is 0.
 *
 * @param bytes a whole file
 * @param start where the pixels begin; what stands plainly fills up to an even offset of the file, not of the pixels
 * @returns height · width indices in the order of the file
 * @throws ImageError if there are fewer
 */
export function decodeBmpRuns(
  bytes: Uint8Array,
  start: number,
  { width, height, bits }: RunLengths,
  where: string,
): Uint8Array {
  const total = width * height;
  // writing beyond its end does nothing
  const output = new Uint8Array(total);
  let written = 0;
  let x = 0;
  let at = start;
  while (written < total && at + 1 < bytes.length) {
    const count = bytes[at++]!;
    const value = bytes[at++]!;
    if (count > 0) {
      const until = written + Math.min(count, Math.max(0, width - x));
      x += until - written;
      if (bits === 8) output.fill(value, written, until);
      else for (let i = written; i < until; i++) output[i] = (i - written) & 1 ? value & 15 : value >> 4;
      written = until;
    } else if (value === END_OF_ROW) {
      written = Math.ceil(written / width) * width;
      x = 0;
    } else if (value === END_OF_IMAGE) {
      break;
    } else if (value === DELTA) {
      if (at + 2 > bytes.length) break;
      written = Math.min(total, written + bytes[at]! + bytes[at + 1]! * width);
      x = written % width;
      at += 2;
    } else {
      const wanted = Math.min(total - written, value);
      const available = Math.min(wanted, ((bytes.length - at) * 8) / bits);
      for (let i = 0; i < available; i++) {
        const byte = bytes[at + ((i * bits) >> 3)]!;
        output[written++] = bits === 8 ? byte : i & 1 ? byte & 15 : byte >> 4;
      }
      if (available < wanted) break;
      x += value;
      at += Math.ceil((wanted * bits) / 8);
      at += at & 1;
    }
  }
  if (written < total) {
    throw new ImageError(
      `${where}: expected a BMP of ${total} pixels, got ${written}; the file is truncated`,
    );
  }
  return output;
}
