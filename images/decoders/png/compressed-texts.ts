/**
 * The limit on compressed texts and colour profiles: they change no pixel, but Pillow refuses a file that hides too much there.
 *
 * Source: Pillow 13, `PngImagePlugin.py`: `chunk_iCCP`, `chunk_tEXt`, `chunk_zTXt`, `chunk_iTXt`, `_safe_zlib_decompress`.
 */
import type { PngChunk } from './chunks.ts';
import { inflateText, LONGEST_TEXT } from './inflate-text.ts';

const TEXTS = ['tEXt', 'zTXt', 'iTXt'];

/** Bytes of all texts together, unpacked. Here profiles count too, and what is damaged as if it were as long as can be. */
const MOST_TEXT = 64 * LONGEST_TEXT;

/** @throws RangeError if one of the chunks unpacks to more than a megabyte, or is compressed in an unknown way */
export async function requireModestTexts(chunks: readonly PngChunk[]): Promise<void> {
  let total = 0;
  for (const chunk of chunks) {
    const packed = compressedPart(chunk);
    if (packed !== undefined) total += (await inflateText(packed))?.length ?? LONGEST_TEXT;
    else if (TEXTS.includes(chunk.type)) total += chunk.data.length;
    if (total > MOST_TEXT) throw new RangeError(`more than ${MOST_TEXT} bytes of text`);
  }
}

/** What of a chunk is a zlib stream: after a name, a zero and the method of compression. */
function compressedPart({ type, data }: PngChunk): Uint8Array | undefined {
  const name = data.indexOf(0);
  if (type === 'iCCP' || (type === 'zTXt' && name >= 0 && name + 1 < data.length)) {
    const method = data[name + 1];
    if (method !== 0) throw new RangeError(`compression of an unknown kind, ${method}, in ${type}`);
    return data.subarray(name + 2);
  }
  if (type !== 'iTXt' || name < 0 || !data[name + 1] || data[name + 2] !== 0) return undefined;
  const language = data.indexOf(0, name + 3);
  const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
  return translated < 0 ? undefined : data.subarray(translated + 1);
}
