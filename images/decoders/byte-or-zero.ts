/** Bytes of a block that may be shorter than its file promises. */

/** The byte at a place, or 0 behind the end of the block: as Pillow fills up a short palette, key or header. */
export function byteOrZero(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
