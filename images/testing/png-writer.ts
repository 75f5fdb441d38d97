/** Writes PNG files for tests, right and wrong ones. */
import { deflateSync } from 'node:zlib';
import { PNG_SIGNATURE, pngChunk } from '../encode-png.ts';

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
  return Buffer.concat([PNG_SIGNATURE, ...chunks]);
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
