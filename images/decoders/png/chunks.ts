/** The chunks of a PNG file, in the order in which they stand. */
import { checksum } from '../../../bytes/checksum.ts';

const SIGNATURE_BYTES = 8;

/** A chunk, which may be cut off by the end of the file. */
export interface PngChunk {
  type: string;
  /** what is there of its content, over the memory of the file */
  data: Uint8Array;
  /** whether the content is all there */
  whole: boolean;
  /** whether the checksum is there and right; looks at every byte */
  isIntact: () => boolean;
}

/**
 * Walks through the chunks without copying, up to the end of the file or to bytes that name no chunk.
 *
 * Source: Pillow 13, `PngImagePlugin.py`, `ChunkStream.read`, which takes letters, digits and `_` for a name.
 */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE_BYTES; at + 8 <= bytes.length; ) {
    const name = at + 4;
    const start = at + 8;
    const end = start + view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(name, start));
    if (!/^\w{4}$/.test(type)) return;
    yield {
      type,
      data: bytes.subarray(start, end),
      whole: end <= bytes.length,
      isIntact: () => end + 4 <= bytes.length && checksum(bytes.subarray(name, end)) === view.getUint32(end),
    };
    at = end + 4;
  }
}
