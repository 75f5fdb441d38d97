/** Images as PNG files. */
import { crc32 } from '../bytes/crc32.ts';
import { joined } from '../bytes/joined.ts';
import type { RawImage } from './raw-image.ts';

/** What every file begins with. */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);

const RGB = 2;

/**
 * A chunk with its length and checksum.
 *
 * @param type four letters
 * @param checksum one to write in place of the right one
 */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array(), checksum?: number): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, checksum ?? crc32(chunk.subarray(4, -4)));
  return chunk;
}

/**
 * The bytes of a PNG file of 8 bits a channel, without filters: for drawings, which have few colours.
 *
 * Source: PNG (W3C Recommendation, third edition).
 */
export async function encodePng({ width, height, data }: RawImage): Promise<Uint8Array> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, RGB], 8);
  const stride = 3 * width;
  // a byte before each row says its filter, which is none
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++)
    rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const packed = new Blob([rows]).stream().pipeThrough(new CompressionStream('deflate'));
  const pixels = new Uint8Array(await new Response(packed).arrayBuffer());
  return joined([PNG_SIGNATURE, pngChunk('IHDR', header), pngChunk('IDAT', pixels), pngChunk('IEND')]);
}
