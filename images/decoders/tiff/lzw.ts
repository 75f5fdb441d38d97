/** The LZW of TIFF: codes from the high bit on, which grow wider one code early. Source: TIFF 6.0, section 13. */

const CLEAR = 256;
const END = 257;
const TABLE = 4096;

/**
 * @param packed one strip or tile
 * @param length bytes; what follows them is left
 * @returns fewer if the data ends early
 * @throws RangeError if a code stands for nothing
 */
export function decodeTiffLzw(packed: Uint8Array, length: number): Uint8Array {
  if (length > packed.length * TABLE) throw new RangeError('a strip that is too short');
  const bytes = new Uint8Array(length);
  // an entry is a stretch of the output: what an earlier code stood for, and the byte after it
  const starts = new Uint32Array(TABLE);
  const sizes = new Uint16Array(TABLE);
  let filled = 0;
  let entries = END + 1;
  let bits = 9;
  let previousStart = -1;
  let previousSize = 0;
  let pending = 0;
  let held = 0;
  let at = 0;
  while (filled < length) {
    while (held < bits) {
      if (at === packed.length) return bytes.subarray(0, filled);
      pending = ((pending << 8) | packed[at++]!) & 0xffffff;
      held += 8;
    }
    held -= bits;
    const code = (pending >> held) & ((1 << bits) - 1);
    if (code === END) return bytes.subarray(0, filled);
    if (code === CLEAR) {
      [entries, bits, previousStart] = [END + 1, 9, -1];
      continue;
    }
    // what the code before stood for, and the first byte of what this one stands for
    if (previousStart >= 0 && entries < TABLE) {
      starts[entries] = previousStart;
      sizes[entries] = previousSize + 1;
      entries++;
    }
    if (code >= entries) throw new RangeError('a damaged strip');
    const start = filled;
    if (code < CLEAR) bytes[filled++] = code;
    else {
      const from = starts[code]!;
      const end = Math.min(length, filled + sizes[code]!);
      for (let i = from; filled < end; i++) bytes[filled++] = bytes[i]!;
    }
    previousStart = start;
    previousSize = code < CLEAR ? 1 : sizes[code]!;
    if (entries + 1 >= 1 << bits && bits < 12) bits++;
  }
  return bytes;
}
