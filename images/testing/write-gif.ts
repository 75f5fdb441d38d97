/** Small GIFs for tests, with what files in the wild have and encoders of today don't write. */

/** A code and how many bits it takes. */
export type Code = readonly [code: number, bits: number];

/** Codes as blocks of at most `blockSize` bytes, up to and with the empty one. */
export function codeBlocks(codes: readonly Code[], blockSize = 255): number[] {
  const bits = codes.flatMap(([code, count]) => Array.from({ length: count }, (_, i) => (code >> i) & 1));
  const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    bits.slice(8 * i, 8 * i + 8).reduce((byte, bit, place) => byte | (bit << place), 0),
  );
  const blocks: number[] = [];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.slice(at, at + blockSize);
    blocks.push(block.length, ...block);
  }
  return [...blocks, 0];
}

/** Indices of two bits, each after a clear code, so that every code has three bits; then the end code. */
export const plainCodes = (indices: readonly number[]): Code[] => [
  ...indices.flatMap((index): Code[] => [
    [4, 3],
    [index, 3],
  ]),
  [5, 3],
];

/** A GIF with one frame; tables have four colours of three bytes. */
export interface GifParts {
  screen: readonly [width: number, height: number];
  globalTable?: readonly number[];
  background?: number;
  /** bytes between the screen and the frame */
  before?: readonly number[];
  /** left, top, width, height */
  frame: readonly [number, number, number, number];
  localTable?: readonly number[];
  interlaced?: boolean;
  /** indices of two bits */
  indices: readonly number[];
  /** in place of the encoded indices: the size of the codes and the blocks */
  data?: readonly number[];
  after?: readonly number[];
}

export function writeGif(parts: GifParts): Uint8Array {
  const { screen, globalTable, background = 0, before = [], frame, localTable, indices } = parts;
  const shorts = (values: readonly number[]): number[] =>
    values.flatMap((value) => [value & 255, value >> 8]);
  const flags = (table?: readonly number[]): number => (table === undefined ? 0 : 0x81);
  return Uint8Array.from([
    ...new TextEncoder().encode('GIF89a'),
    ...[...shorts(screen), flags(globalTable), background, 0, ...(globalTable ?? [])],
    ...before,
    ...[0x2c, ...shorts(frame), flags(localTable) | (parts.interlaced ? 0x40 : 0), ...(localTable ?? [])],
    ...(parts.data ?? [2, ...codeBlocks(plainCodes(indices))]),
    ...(parts.after ?? [0x3b]),
  ]);
}

/** A graphic control extension that makes an index stand for nothing, or none. */
export const graphicControl = (transparent?: number): number[] => [
  ...[0x21, 0xf9, 4, transparent === undefined ? 0 : 1, 0, 0, transparent ?? 0, 0],
];
