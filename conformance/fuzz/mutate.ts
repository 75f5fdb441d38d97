/** Files that are a little wrong. */

import { crc32 } from '../../bytes/crc32.ts';
import { OPCODES } from '../../weights/torch/pickle/opcodes.ts';
import type { Random } from './random.ts';

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Bytes with a span replaced. */
function spliced(bytes: Uint8Array, start: number, removed: number, inserted: Uint8Array): Uint8Array {
  const after = bytes.subarray(start + removed);
  const result = new Uint8Array(start + inserted.length + after.length);
  result.set(bytes.subarray(0, start));
  result.set(inserted, start);
  result.set(after, start + inserted.length);
  return result;
}

/** A short span anywhere in the file. */
function span(bytes: Uint8Array, random: Random): { start: number; length: number } {
  const start = random.below(bytes.length);
  return { start, length: Math.min(bytes.length - start, 1 + random.below(random.pick([4, 40, 400]))) };
}

/** Numbers at the limits of their types. */
const LIMITS = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
] as const;

const CODES = Object.values(OPCODES);

/** Those that leave the length of the file as it is, so that what stands behind is still found. */
const REPLACEMENTS: readonly [Mutation, ...Mutation[]] = [
  (bytes, random) => {
    const at = random.below(bytes.length);
    return spliced(bytes, at, 1, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
  },
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, Uint8Array.of(random.below(256))),
  (bytes, random) =>
    spliced(bytes, random.below(bytes.length), 1, Uint8Array.of(CODES[random.below(CODES.length)] ?? 0)),
  (bytes, random) => {
    const length = Math.min(bytes.length, random.pick([1, 2, 4, 8]));
    const value = random.pick(LIMITS);
    const limit = Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
    return spliced(bytes, random.below(bytes.length - length + 1), length, limit);
  },
  (bytes, random) => {
    const { start, length } = span(bytes, random);
    const copy = bytes.slice(start, start + length);
    return spliced(bytes, random.below(bytes.length - length + 1), length, copy);
  },
];

/** Those that make it longer or shorter. */
const SHIFTS: readonly [Mutation, ...Mutation[]] = [
  (bytes, random) => {
    const { start, length } = span(bytes, random);
    return spliced(bytes, start, length, new Uint8Array(0));
  },
  (bytes, random) => {
    const { start, length } = span(bytes, random);
    return spliced(bytes, random.below(bytes.length), 0, bytes.slice(start, start + length));
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length)),
];

/** A file that has been changed. */
export interface Mutant {
  bytes: Uint8Array;
  /** whether checksums were made right again, so that what is changed gets past them */
  repaired: boolean;
}

/**
 * Changes a file in one to four places; in half of them, checksums of zip entries are made right again.
 *
 * Most keep their length. The first kilobytes, where pickles and headers stand, are changed more often than the rest.
 */
export function mutate(original: Uint8Array, random: Random): Mutant {
  let bytes: Uint8Array = original.slice();
  const keepsLength = random.below(4) > 0;
  for (let changes = 1 + random.below(4); changes > 0 && bytes.length > 0; changes--) {
    const mutation = random.pick(keepsLength || random.below(2) === 0 ? REPLACEMENTS : SHIFTS);
    const head = random.below(2) === 0 ? Math.min(bytes.length, 2048) : bytes.length;
    bytes = spliced(bytes, 0, head, mutation(bytes.subarray(0, head), random));
  }
  const repaired = random.below(2) === 0;
  if (repaired) repairChecksums(bytes);
  return { bytes, repaired };
}

const DIRECTORY_RECORD = [0x50, 0x4b, 1, 2];
const RECORD_BYTES = 46;
const HEADER_BYTES = 30;

/** Makes the checksums in whatever looks like a record of a zip directory those of the contents it points to. */
function repairChecksums(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at++) {
    if (!DIRECTORY_RECORD.every((byte, i) => bytes[at + i] === byte)) continue;
    const [size, header] = [view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
    if (header + HEADER_BYTES > bytes.length) continue;
    const start =
      header + HEADER_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    if (start + size <= bytes.length)
      view.setUint32(at + 16, crc32(bytes.subarray(start, start + size)), true);
  }
}
