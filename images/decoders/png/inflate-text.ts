/** Compressed texts in PNG files. */
import { inflateInto } from '../inflate-into.ts';

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
  scratch ??= new Uint8Array(LONGEST_TEXT);
  const { filled, goesOn, fault } = await inflateInto(packed, scratch);
  if (goesOn) throw new RangeError(`a text of more than ${LONGEST_TEXT} bytes`);
  return fault === undefined ? scratch.slice(0, filled) : undefined;
}
