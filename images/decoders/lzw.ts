/**
 * The compression of GIF.
 *
 * Source: Welch, A technique for high-performance data compression, IEEE Computer 17 (1984); GIF 89a, appendix F.
 */

const MAXIMUM_BITS = 12;

/**
 * @param blocks the compressed bytes, in pieces
 * @param codeSize bits of a value, 2 to 8
 * @param length how many values are wanted
 * @returns as many values as wanted
 * @throws RangeError if the data is damaged or ends early
 */
export function decodeLzw(blocks: readonly Uint8Array[], codeSize: number, length: number): Uint8Array {
  if (codeSize < 1 || codeSize > 8) throw new RangeError(`values of ${codeSize} bits`);
  const clear = 1 << codeSize;
  const end = clear + 1;
  // an entry is the entry `prefix` with the value `suffix` after it
  const prefix = new Uint16Array(1 << MAXIMUM_BITS);
  const suffix = Uint8Array.from({ length: 1 << MAXIMUM_BITS }, (_, value) => value);
  const lengths = new Uint16Array(1 << MAXIMUM_BITS).fill(1);
  const output = new Uint8Array(length);
  let written = 0;
  let entries = end + 1;
  let bits = codeSize + 1;
  let previous = -1;

  /** Writes an entry, from its last value to its first, and returns the first. */
  const write = (entry: number): number => {
    const size = lengths[entry] ?? 1;
    let code = entry;
    for (let at = written + size - 1; at > written; at--) {
      output[at] = suffix[code] ?? 0;
      code = prefix[code] ?? 0;
    }
    output[written] = code;
    written += size;
    return code;
  };

  for (const code of codesOf(blocks, () => bits)) {
    if (code === end) break;
    if (code === clear) {
      entries = end + 1;
      bits = codeSize + 1;
      previous = -1;
      continue;
    }
    if (code > entries || (code === entries && previous < 0))
      throw new RangeError('a code that stands for nothing');
    // the one code that may be used before it is complete: what came last, with its own first value after it
    const first = write(code === entries ? previous : code);
    if (code === entries && written < length) output[written++] = first;
    if (previous >= 0 && entries < 1 << MAXIMUM_BITS) {
      prefix[entries] = previous;
      suffix[entries] = first;
      lengths[entries] = (lengths[previous] ?? 1) + 1;
      entries++;
      if (entries === 1 << bits && bits < MAXIMUM_BITS) bits++;
    }
    previous = code;
    if (written >= length) return output;
  }
  throw new RangeError(`${written} of ${length} pixels`);
}

/** Codes of as many bits as `bits` says at the time, lowest bit first. */
function* codesOf(blocks: readonly Uint8Array[], bits: () => number): Generator<number> {
  let pending = 0;
  let filled = 0;
  for (const block of blocks) {
    for (const byte of block) {
      pending |= byte << filled;
      filled += 8;
      while (filled >= bits()) {
        const size = bits();
        yield pending & ((1 << size) - 1);
        pending >>= size;
        filled -= size;
      }
    }
  }
}
