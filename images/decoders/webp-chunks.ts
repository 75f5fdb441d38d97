/**
 * The chunks of a WebP file, and which of them make up an image.
 *
 * Source: libwebp 1.6, `demux.c`, `StoreFrame`; `vp8_dec.c`, `VP8GetInfo`; `vp8l_dec.c`, `VP8LGetInfo`.
 */

/** A piece of a RIFF file. */
export interface Chunk {
  type: string;
  /** a view of the file */
  data: Uint8Array;
  /** where it begins in the file, with its type */
  begin: number;
  /** where the next one begins; lengths are made even */
  end: number;
}

/** One image, encoded; its data are views of the file. */
export interface Image {
  /** pixels */
  width: number;
  /** pixels */
  height: number;
  /** false if it says itself that its alpha does not count */
  hasAlpha: boolean;
  /** its chunks: `VP8L`, or `VP8 ` with or without `ALPH` before it */
  whole: Uint8Array;
  /** the same without `ALPH` */
  colours: Uint8Array;
  /** where the next chunk begins */
  end: number;
}

const KEY_FRAME = [0x9d, 0x01, 0x2a];
const LOSSLESS_MARK = 0x2f;

/**
 * The chunk that begins somewhere in a file.
 *
 * @returns undefined at the end of the file
 * @throws RangeError if the file ends within it
 */
export function chunkAt(bytes: Uint8Array, begin: number): Chunk | undefined {
  if (begin === bytes.length) return undefined;
  if (begin + 8 > bytes.length) throw new RangeError('a part of a chunk');
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(begin + 4, true);
  const end = begin + 8 + size + (size & 1);
  if (end > bytes.length) throw new RangeError('a chunk that is longer than the file');
  const type = String.fromCharCode(...bytes.subarray(begin, begin + 4));
  return { type, data: bytes.subarray(begin + 8, begin + 8 + size), begin, end };
}

/**
 * The image whose chunks begin somewhere in a file: `VP8L`, or `VP8 ` with or without `ALPH`.
 *
 * @returns undefined if other chunks stand there
 * @throws RangeError if it has no size, or the file ends within it
 */
export function imageAt(bytes: Uint8Array, begin: number): Image | undefined {
  let chunk = chunkAt(bytes, begin);
  const hasAlphaChunk = chunk?.type === 'ALPH';
  if (chunk !== undefined && hasAlphaChunk) chunk = chunkAt(bytes, chunk.end);
  if (chunk?.type !== 'VP8 ' && (hasAlphaChunk || chunk?.type !== 'VP8L')) {
    if (hasAlphaChunk) throw new RangeError('alpha without an image');
    return undefined;
  }
  const head = chunk.type === 'VP8 ' ? lossyHead(chunk.data) : losslessHead(chunk.data);
  const { end } = chunk;
  return { ...head, whole: bytes.subarray(begin, end), colours: bytes.subarray(chunk.begin, end), end };
}

function lossyHead(data: Uint8Array) {
  if (data.length < 10 || KEY_FRAME.some((byte, i) => data[3 + i] !== byte)) {
    throw new RangeError('an image without its head');
  }
  const view = new DataView(data.buffer, data.byteOffset);
  return {
    width: view.getUint16(6, true) & 0x3fff,
    height: view.getUint16(8, true) & 0x3fff,
    hasAlpha: true,
  };
}

function losslessHead(data: Uint8Array) {
  if (data.length < 5 || data[0] !== LOSSLESS_MARK) throw new RangeError('an image without its head');
  const bits = new DataView(data.buffer, data.byteOffset).getUint32(1, true);
  return {
    width: (bits & 0x3fff) + 1,
    height: ((bits >> 14) & 0x3fff) + 1,
    hasAlpha: ((bits >> 28) & 1) === 1,
  };
}
