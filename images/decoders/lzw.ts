/**
 * The compression of GIF.
 *
 * Source: Welch, A technique for high-performance data compression, IEEE Computer 17 (1984); GIF 89a, appendix F;
 * what damaged data gives: Pillow 13, `GifDecode.c`.
 */

const MAXIMUM_BITS = 12;
const TABLE = 1 << MAXIMUM_BITS;

/**
 * Decodes until as many values are there as are wanted; what follows them is not looked at. An empty block is passed
 * over, and a block of which a part is missing counts as missing. An end code before the end is an error; Pillow goes
 * on after one where it has not read the whole file yet, which it does by 64 KiB.
 *
 * @param bytes a file from the first block of compressed bytes on; each block is a length and as many bytes
 * @param codeSize bits of a value, 0 to 12; of values above 255 the low byte is taken
 * @param length how many values are wanted
 * @returns as many values as wanted
 * @throws RangeError if the data is damaged or ends early
 */
export function decodeLzw(bytes: Uint8Array, codeSize: number, length: number): Uint8Array {
  if (codeSize > MAXIMUM_BITS) throw new RangeError(`values of ${codeSize} bits`);
  // a code is at least a bit and stands for less than a table of values
  if (length > bytes.length * 8 * TABLE) throw new RangeError(`${bytes.length} bytes for ${length} pixels`);
  const clear = 1 << codeSize;
  const end = clear + 1;
  const output = new Uint8Array(length);
  // an entry is a stretch of the output: what an earlier code stood for, and the value after it
  const starts = new Uint32Array(TABLE);
  const sizes = new Uint16Array(TABLE);
  let written = 0;
  let entries = end + 1;
  let bits = codeSize + 1;
  // the code before and what it stood for; −1 at the start and after a clear code
  let previous = -1;
  let previousStart = 0;
  let previousSize = 0;
  let at = 0;
  let blockEnd = 0;
  let pending = 0;
  let filled = 0;

  while (written < length) {
    while (filled < bits) {
      while (at === blockEnd) {
        blockEnd = at + 1 + (bytes[at] ?? bytes.length);
        if (blockEnd > bytes.length) throw new RangeError(`${written} of ${length} pixels`);
        at++;
      }
      pending |= bytes[at++]! << filled;
      filled += 8;
    }
    const code = pending & ((1 << bits) - 1);
    pending >>= bits;
    filled -= bits;

    if (code === clear) {
      entries = end + 1;
      bits = codeSize + 1;
      previous = -1;
      continue;
    }
    if (code === end) throw new RangeError(`${written} of ${length} pixels`);
    // the entry that this code completes may be used at once, unless the table has no room for it
    const isNewest = code === entries;
    if (code > (previous < 0 ? clear : entries) || (isNewest && previous >= TABLE)) {
      throw new RangeError('a code that stands for nothing');
    }
    const start = written;
    if (code < clear) {
      output[written++] = code;
    } else {
      let from = isNewest ? previousStart : starts[code]!;
      const until = Math.min(length, start + (isNewest ? previousSize + 1 : sizes[code]!));
      while (written < until) output[written++] = output[from++]!;
    }
    if (previous >= 0 && entries < TABLE) {
      starts[entries] = previousStart;
      sizes[entries] = previousSize + 1;
      entries++;
      if (entries === 1 << bits && bits < MAXIMUM_BITS) bits++;
    }
    previous = code;
    previousStart = start;
    previousSize = written - start;
  }
  return output;
}
