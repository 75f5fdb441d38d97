/** Writes PNG files for tests, right and wrong ones. */
import { deflateSync } from 'node:zlib';
import { crc32 } from '../../bytes/crc32.ts';

/**
 * A chunk with its length and checksum.
 *
 * @param wrong a checksum to write in place of the right one
 */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array(), wrong?: number): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(wrong ?? crc32(chunk.subarray(4, -4)), 8 + data.length);
  return chunk;
}

/** What stands in a header; an image of RGB with 8 bits a sample, if nothing else is said. */
export interface PngHeader {
  width: number;
  height: number;
  depth?: number;
  colourType?: number;
  interlaced?: boolean;
}

/** The first chunk of a file. */
export function pngHeader({ width, height, depth = 8, colourType = 2, interlaced = false }: PngHeader) {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colourType, 0, 0, interlaced ? 1 : 0], 8);
  return pngChunk('IHDR', data);
}

/** The signature, and the chunks as they are. */
export function pngFile(...chunks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), ...chunks]);
}

/** Rows of bytes as a zlib stream, each after the byte for no filter. */
export function pngPixels(...rows: readonly (readonly number[])[]): Uint8Array {
  return deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
}

/** A whole file around rows of bytes, with other chunks before them. */
export function simplePng(
  header: PngHeader,
  rows: readonly (readonly number[])[],
  before: readonly Uint8Array[] = [],
): Uint8Array {
  return pngFile(pngHeader(header), ...before, pngChunk('IDAT', pngPixels(...rows)), pngChunk('IEND'));
}
