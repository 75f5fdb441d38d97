/** The pieces that files on servers are fetched, held and kept in: a small first one, then equal ones. */

/** Of the first piece: most files beside weights, and the header of any weights, are within it. */
export const FIRST_PIECE_BYTES = 1024 * 1024;

/** Of every other piece. */
export const PIECE_BYTES = 8 * 1024 * 1024;

/** The first byte of a piece. */
export function pieceStart(index: number): number {
  return index === 0 ? 0 : FIRST_PIECE_BYTES + (index - 1) * PIECE_BYTES;
}

/** How many bytes a piece has in a file of `size`. */
export function pieceLength(index: number, size: number): number {
  return Math.min(size, pieceStart(index + 1)) - pieceStart(index);
}

/** The piece that a byte is in. */
export function pieceAt(offset: number): number {
  return offset < FIRST_PIECE_BYTES ? 0 : 1 + Math.floor((offset - FIRST_PIECE_BYTES) / PIECE_BYTES);
}

/** How many pieces a file has. */
export function pieceCount(size: number): number {
  return size === 0 ? 0 : 1 + pieceAt(size - 1);
}
