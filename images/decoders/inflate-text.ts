/** Compressed texts in PNG files. */
import { Unzlib } from 'fflate';
import { joined } from '../../bytes/joined.ts';
import { ImageError } from '../../errors/errors.ts';

/** The most that Pillow unpacks of one text, `MAX_TEXT_CHUNK`. */
export const LONGEST_TEXT = 1024 * 1024;

/** What is unpacked at a time: deflate gives up to 1032 bytes for each. */
const STEP = 1024;

/**
 * Unpacks a text; of one that is cut off, what there is.
 *
 * Source: Pillow 13, `PngImagePlugin.py`, `_safe_zlib_decompress`.
 *
 * @param data a zlib stream
 * @returns undefined if the stream is damaged
 * @throws ImageError if the text is longer than `LONGEST_TEXT`
 */
export function inflateText(data: Uint8Array, where: string): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Unzlib((part) => {
    parts.push(part);
    length += part.length;
  });
  try {
    for (let at = 0; at < data.length && length <= LONGEST_TEXT; at += STEP) {
      stream.push(data.subarray(at, at + STEP));
    }
  } catch {
    return undefined;
  }
  if (length > LONGEST_TEXT) {
    throw new ImageError(
      `${where}: expected texts of at most ${LONGEST_TEXT} bytes, got more; remove the file's metadata`,
    );
  }
  return joined(parts);
}
