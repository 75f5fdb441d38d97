/** The chunks of a PNG file: what it is made of, and what of it is worth decoding. */

import { joined } from '../../bytes/joined.ts';
import { ImageError } from '../../errors/errors.ts';
import type { Metadata } from '../orientation/orientation.ts';
import { requireSize } from '../raw-image.ts';
import { type PngChunk, pngMetadata } from './png-metadata.ts';

const SIGNATURE_BYTES = 8;

/** What a decoder of still pictures needs. Other chunks change no pixel, and some hide compressed text of any length. */
const PICTURE_CHUNKS = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** Deflate gives at most this many bytes for one. */
const HIGHEST_RATIO = 1032;

/** Pixel data beyond what the header promises that does no harm. */
const HARMLESS_BYTES = 256 * 2 ** 20;

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG file whose header and length have been checked. */
export interface PngFile {
  metadata: Metadata;
  /** the file with nothing but the chunks that make up the picture */
  picture: Uint8Array;
}

interface Chunk extends PngChunk {
  /** with its length, type and checksum */
  whole: Uint8Array;
}

function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SIGNATURE_BYTES;
  while (at + 8 <= bytes.length) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) return;
    yield { type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) };
    at = end;
  }
}

/**
 * Reads the chunks of a PNG file and leaves out those that no pixel depends on.
 *
 * @param bytes a whole PNG file
 * @throws ImageError if it is truncated, or would unpack to far more than its header promises
 */
export async function readPngFile(bytes: Uint8Array, where: string): Promise<PngFile> {
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  const compressed: Uint8Array[] = [];
  let pixelBytes: number | undefined;
  let ended = false;
  for (const { type, data, whole } of chunksOf(bytes)) {
    if (type === 'IHDR' && data.length >= 13) pixelBytes = promisedBytes(data, where);
    else if (type === 'IDAT') compressed.push(data);
    else if (type === 'IEND') ended = true;
    if (PICTURE_CHUNKS.has(type)) kept.push(whole);
  }
  if (pixelBytes === undefined)
    throw new ImageError(`${where}: expected a PNG header, got none; the file is damaged`);
  if (!ended) throw new ImageError(`${where}: expected a whole PNG, got a truncated one`);
  await requireInflatedSize(compressed, pixelBytes + HARMLESS_BYTES, where);
  return { metadata: await pngMetadata(chunksOf(bytes), where), picture: joined(kept) };
}

/** The most bytes that the pixels of a header take, filter bytes of interlaced rows included. */
function promisedBytes(header: Uint8Array, where: string): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  requireSize(width, height, where);
  const bitsPerPixel = view.getUint8(8) * (CHANNELS[view.getUint8(9)] ?? 4);
  return height * (Math.ceil((width * bitsPerPixel) / 8) + 4) + 64;
}

/** Unpacks without keeping anything; damaged data is left to the decoder to report. */
async function requireInflatedSize(
  compressed: readonly Uint8Array[],
  limit: number,
  where: string,
): Promise<void> {
  const size = compressed.reduce((sum, { length }) => sum + length, 0);
  if (size * HIGHEST_RATIO <= limit) return;
  const stream = new Blob([joined(compressed)]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  let inflated = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      inflated += part.value.byteLength;
      if (inflated > limit) break;
    }
  } catch {
    return;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (inflated > limit) {
    throw new ImageError(
      `${where}: expected at most ${limit} bytes of pixel data, got more; the file is no honest picture`,
    );
  }
}
