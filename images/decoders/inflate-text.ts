/** Compressed texts in PNG files. */
import { ImageError } from '../../errors/errors.ts';

/** The most that Pillow unpacks of one text, `MAX_TEXT_CHUNK`. */
export const LONGEST_TEXT = 1024 * 1024;

/** Deflate gives at most this many bytes for one. */
const HIGHEST_RATIO = 1032;

/**
 * Unpacks a text; of one that is cut off, what there is.
 *
 * Source: Pillow 13, `PngImagePlugin.py`, `_safe_zlib_decompress`.
 *
 * @param packed a zlib stream
 * @returns undefined if the stream is damaged
 * @throws ImageError if the text is longer than `LONGEST_TEXT`
 */
export async function inflateText(packed: Uint8Array, where: string): Promise<Uint8Array | undefined> {
  if (packed.length === 0) return packed;
  const { Z_NO_FLUSH, Z_OK, Z_STREAM_END, zlibInflate, zlibInflateInit, ZStream } = await import('pako');
  const stream = new ZStream();
  zlibInflateInit(stream);
  stream.input = packed;
  stream.avail_in = packed.length;
  stream.output = new Uint8Array(Math.min(packed.length * HIGHEST_RATIO, LONGEST_TEXT));
  stream.avail_out = stream.output.length;
  const status = zlibInflate(stream, Z_NO_FLUSH);
  if (status !== Z_OK && status !== Z_STREAM_END) return undefined;
  if (status === Z_OK && stream.avail_in > 0) {
    throw new ImageError(
      `${where}: expected texts of at most ${LONGEST_TEXT} bytes, got more; remove the file's metadata`,
    );
  }
  return stream.output.subarray(0, stream.next_out);
}
