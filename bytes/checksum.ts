/** The checksum of zip entries and PNG chunks, by the fastest means at hand. */
import { crc32 } from './crc32.ts';

type Crc32 = (bytes: Uint8Array, before?: number) => number;

/** Node's own, native code that takes a third of the time; absent in browsers and in Node before 20.16. */
function nativeCrc32(): Crc32 | undefined {
  if (typeof process === 'undefined' || process.getBuiltinModule === undefined) return undefined;
  // the name without a prefix, so that bundles for pages can be searched for Node's modules
  return process.getBuiltinModule('zlib').crc32;
}

/**
 * Continues a CRC-32.
 *
 * @param bytes what follows the bytes of `before`
 * @param before the checksum of what came earlier; 0 at the start
 * @returns an unsigned 32-bit number
 */
export const checksum: Crc32 = nativeCrc32() ?? crc32;
