/** Texts and integers of pickles. */
import type { PickleFailure } from './values.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of an integer; those of an UUID are 17. */
const MAX_INTEGER_BYTES = 32;

/** Text in UTF-8. */
export function decodeText(bytes: Uint8Array, fail: PickleFailure): string {
  return textOf(bytes) ?? fail('text in UTF-8', `${bytes.length} other bytes`);
}

/** A `str` of Python 2: text, mostly, and bytes where it is no text. */
export function decodeOldText(bytes: Uint8Array): string | Uint8Array {
  return textOf(bytes) ?? bytes;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** @throws through `fail`, if no integer of a checkpoint is that long */
export function requireIntegerLength(length: number, fail: PickleFailure): number {
  if (length > MAX_INTEGER_BYTES) {
    fail(`an integer of at most ${MAX_INTEGER_BYTES} bytes`, `one of ${length}`);
  }
  return length;
}

const SCRATCH = new Uint8Array(MAX_INTEGER_BYTES);
const SCRATCH_WORDS = new DataView(SCRATCH.buffer);

/** A little-endian integer in two's complement; a number where that is exact. */
export function decodeInteger(bytes: Uint8Array): number | bigint {
  SCRATCH.set(bytes);
  let value = 0n;
  for (let at = MAX_INTEGER_BYTES - 8; at >= 0; at -= 8) {
    value = (value << 64n) | SCRATCH_WORDS.getBigUint64(at, true);
  }
  // what earlier integers left above its bytes goes here
  value = BigInt.asIntN(8 * bytes.length, value);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
