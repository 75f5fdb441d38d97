/**
 * The first frame of a WebP file, with its canvas and metadata.
 *
 * Source: libwebp 1.6, `demux.c`, `anim_decode.c`; Pillow 13, `_webp.c`, `WebPImagePlugin.py`.
 */
import { ImageError } from '../../errors/errors.ts';
import type { Metadata } from '../orientation/orientation.ts';
import { requireSize } from '../raw-image.ts';
import { type Chunk, chunkAt, type Image, imageAt } from './webp-chunks.ts';

/** An image and its place on a canvas. */
export interface WebpFrame {
  /** columns of the canvas left of the image */
  left: number;
  /** rows of the canvas above the image */
  top: number;
  /** whether alpha counts; without it, what the image does not cover is black */
  hasAlpha: boolean;
  /** the image's chunks, a view of the file */
  image: Uint8Array;
}

/** The first frame of a file. */
export interface WebpFile extends WebpFrame {
  /** pixels of the canvas */
  width: number;
  /** pixels of the canvas */
  height: number;
  metadata: Metadata;
}

/** Flags of the chunk `VP8X`. */
const FLAG = { animation: 0x02, xmp: 0x04, exif: 0x08, alpha: 0x10 };
const RESERVED_FLAGS = 0xc1;

const RIFF_HEAD_BYTES = 12;
const FRAME_HEAD_BYTES = 16;

/**
 * Finds the first image of a file; what follows the end that its head names is passed over.
 *
 * @param bytes a whole WebP file
 * @throws ImageError if it is truncated, damaged, or absurdly large
 */
export function readWebpFile(bytes: Uint8Array, where: string): WebpFile {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true) + 8;
  if (length > bytes.length) {
    throw new ImageError(
      `${where}: expected a WebP of ${length} bytes, got ${bytes.length}; the file is truncated`,
    );
  }
  try {
    const whole = bytes.subarray(0, length);
    const first = chunkAt(whole, RIFF_HEAD_BYTES);
    return first?.type === 'VP8X' ? readExtended(whole, first, where) : readSimple(whole, where);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError(
      `${where}: expected a WebP that can be decoded, got ${error.message}; the file is damaged`,
      { cause: error },
    );
  }
}

/** A file of one image; of what follows, only the next chunk has to be whole. */
function readSimple(bytes: Uint8Array, where: string): WebpFile {
  const found = imageAt(bytes, RIFF_HEAD_BYTES);
  if (found === undefined || found.colours.length < found.whole.length) throw new RangeError('no image');
  chunkAt(bytes, found.end);
  const { width, height, hasAlpha, whole } = found;
  requireSize(width, height, where);
  return { width, height, left: 0, top: 0, hasAlpha, image: whole, metadata: {} };
}

/** A file whose head tells of the canvas and of what else there is. What it does not tell of, does not count. */
function readExtended(bytes: Uint8Array, { data: head, end }: Chunk, where: string): WebpFile {
  if (head.length < 10 || head[0]! & RESERVED_FLAGS) throw new RangeError('a damaged head');
  const flags = head[0]!;
  const canvas = { width: uint24(head, 4) + 1, height: uint24(head, 7) + 1 };
  requireSize(canvas.width, canvas.height, where);
  const metadata: Metadata = {};
  let frame: WebpFrame | undefined;
  let animated = false;
  for (let at = end, chunk = chunkAt(bytes, at); chunk !== undefined; chunk = chunkAt(bytes, at)) {
    const { type, data } = chunk;
    at = chunk.end;
    if (type === 'VP8X') throw new RangeError('a second head');
    if (type === 'EXIF' && flags & FLAG.exif) metadata.exif ??= data;
    if (type === 'XMP ' && flags & FLAG.xmp) metadata.xmp ??= data;
    if (type === 'ANIM') animated = true;
    if (type === 'ANMF') {
      if (!animated || data.length < FRAME_HEAD_BYTES) throw new RangeError('a frame of no animation');
      // what a frame holds beside its image is read as if it stood behind the frame
      at = chunk.begin + 8 + FRAME_HEAD_BYTES;
      const found = imageAt(bytes, at);
      if (found !== undefined) {
        at = found.end;
        const next = animationFrame(chunk, found, canvas);
        if (flags & FLAG.animation) frame ??= { ...next, hasAlpha: (flags & FLAG.alpha) !== 0 };
      }
    } else if (type === 'ALPH' || type === 'VP8 ' || type === 'VP8L') {
      const found = imageAt(bytes, chunk.begin);
      if (frame || animated || flags & FLAG.animation) throw new RangeError('an image too many');
      if (found?.width !== canvas.width || found.height !== canvas.height)
        throw new RangeError('an image of another size than its canvas');
      const image = flags & FLAG.alpha ? found.whole : found.colours;
      frame = { left: 0, top: 0, hasAlpha: found.hasAlpha, image };
      at = found.end;
    }
  }
  if (frame === undefined) throw new RangeError('no image');
  return { ...frame, ...canvas, metadata };
}

/** A frame from its chunk `ANMF`, which begins with its place, and its image. */
function animationFrame({ data, end }: Chunk, found: Image, canvas: { width: number; height: number }) {
  if (found.end > end) throw new RangeError('a frame that is longer than its chunk');
  const [left, top] = [2 * uint24(data, 0), 2 * uint24(data, 3)];
  if (left + found.width > canvas.width || top + found.height > canvas.height)
    throw new RangeError('a frame beyond its canvas');
  return { left, top, image: found.whole };
}

function uint24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}
