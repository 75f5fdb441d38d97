/** Compressed texts in PNG files. */

/** The most that Pillow unpacks of one text, `MAX_TEXT_CHUNK`. */
export const LONGEST_TEXT = 2 ** 20;

let scratch: Uint8Array<ArrayBuffer> | undefined;

/**
 * Unpacks a text; of one that is cut off, what there is.
 *
 * Source: Pillow 13, `PngImagePlugin.py`, `_safe_zlib_decompress`.
 *
 * @param packed a zlib stream
 * @returns undefined if the stream is damaged
 * @throws RangeError if the text is longer than `LONGEST_TEXT`
 */
export async function inflateText(packed: Uint8Array): Promise<Uint8Array | undefined> {
  if (packed.length === 0) return packed;
  const { ZStream, zlibInflate, zlibInflateInit, Z_NO_FLUSH, Z_OK, Z_STREAM_END } = await import('pako');
  scratch ??= new Uint8Array(LONGEST_TEXT);
  const stream = new ZStream();
  zlibInflateInit(stream);
  stream.input = packed;
  stream.avail_in = packed.length;
  stream.output = scratch;
  stream.avail_out = scratch.length;
  const status = zlibInflate(stream, Z_NO_FLUSH);
  if (status === Z_OK && stream.avail_in > 0)
    throw new RangeError(`a text of more than ${LONGEST_TEXT} bytes`);
  return status === Z_OK || status === Z_STREAM_END ? scratch.slice(0, stream.next_out) : undefined;
}
