/** The compressions of TIFF that lose nothing and serve images of any kind. */
import { inflateInto } from '../inflate-into.ts';
import { inflateWhole } from '../inflate-whole.ts';
import { decodeTiffLzw } from './lzw.ts';

/** The compressions that are not read, by number. Source: TIFF 6.0; libtiff 4.7, tiff.h. */
const OTHERS: Readonly<Record<number, string>> = {
  2: 'CCITT RLE',
  3: 'CCITT Group 3',
  4: 'CCITT Group 4',
  6: 'old JPEG',
  7: 'JPEG',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};

const NONE = 1;
const LZW = 5;
const DEFLATE = 8;
const PACK_BITS = 32773;
const OLD_DEFLATE = 32946;

/** Whether differences of neighbours may be stored in place of samples: as libtiff, for these alone. */
export const hasPredictor = (compression: number): boolean =>
  [LZW, DEFLATE, OLD_DEFLATE].includes(compression);

/** @throws RangeError that names a compression which is not read */
export function requireCompression(compression: number): void {
  if ([NONE, LZW, DEFLATE, PACK_BITS, OLD_DEFLATE].includes(compression)) return;
  throw new RangeError(`the compression ${OTHERS[compression] ?? compression}`);
}

/**
 * Unpacks a strip or a tile.
 *
 * @param packed not more than is stored
 * @param length bytes; what follows them is left
 * @throws RangeError if the data is damaged or ends early
 */
export async function decompress(
  compression: number,
  packed: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const unpacked =
    compression === NONE
      ? packed.subarray(0, length)
      : compression === LZW
        ? decodeTiffLzw(packed, length)
        : compression === PACK_BITS
          ? unpackBits(packed, length)
          : await inflate(packed, length);
  if (unpacked.length < length) throw new RangeError(`${unpacked.length} of ${length} bytes of a strip`);
  return unpacked;
}

async function inflate(packed: Uint8Array, length: number): Promise<Uint8Array> {
  if (length > packed.length * 1032) throw new RangeError('a strip that is too short');
  const whole = await inflateWhole([packed], length);
  if (whole !== undefined) return whole;
  // a stream that goes on after the strip, or lacks its end
  const bytes = new Uint8Array(length);
  const { filled, fault } = await inflateInto(packed, bytes);
  if (fault !== undefined && filled < length) throw new RangeError(`a damaged strip (${fault})`);
  return bytes.subarray(0, filled);
}

/** Runs of equal bytes and stretches of others. Source: TIFF 6.0, section 9. */
function unpackBits(packed: Uint8Array, length: number): Uint8Array {
  if (length > packed.length * 64) throw new RangeError('a strip that is too short');
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (let at = 0; at < packed.length && filled < length; ) {
    const head = packed[at++]!;
    if (head === 128) continue;
    const next = at + (head < 128 ? head + 1 : 1);
    if (next > packed.length) break;
    const count = Math.min(head < 128 ? head + 1 : 257 - head, length - filled);
    if (head < 128) bytes.set(packed.subarray(at, at + count), filled);
    else bytes.fill(packed[at]!, filled, filled + count);
    at = next;
    filled += count;
  }
  return bytes.subarray(0, filled);
}
