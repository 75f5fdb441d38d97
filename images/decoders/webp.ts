/** WebP pictures, decoded by libwebp, as Pillow does. */
import { ImageError } from '../../errors/errors.ts';
import { type Orientation, orientationOfExif } from '../orientation.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';
import { codecOptions } from './codec-options.ts';

/** A chunk of a RIFF file. */
interface Chunk {
  type: string;
  data: Uint8Array;
}

function chunksOf(bytes: Uint8Array, start: number): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let at = start; at + 8 <= bytes.length; ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.length) break;
    chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length & 1);
  }
  return chunks;
}

/** A file of one still picture, around the chunks of one frame. */
function stillFile(chunks: readonly Chunk[], width: number, height: number): Uint8Array {
  const hasAlpha = chunks.some(({ type }) => type === 'ALPH');
  const extended = new Uint8Array(10);
  extended[0] = hasAlpha ? 0x10 : 0;
  for (const [i, size] of [width - 1, height - 1].entries()) {
    extended.set([size & 255, (size >> 8) & 255, (size >> 16) & 255], 4 + 3 * i);
  }
  const all = hasAlpha ? [{ type: 'VP8X', data: extended }, ...chunks] : chunks;
  const size = all.reduce((sum, { data }) => sum + 8 + data.length + (data.length & 1), 4);
  const file = new Uint8Array(8 + size);
  const view = new DataView(file.buffer);
  const put = (at: number, text: string): void => file.set(new TextEncoder().encode(text), at);
  put(0, 'RIFF');
  view.setUint32(4, size, true);
  put(8, 'WEBP');
  let at = 12;
  for (const { type, data } of all) {
    put(at, type);
    view.setUint32(at + 4, data.length, true);
    file.set(data, at + 8);
    at += 8 + data.length + (data.length & 1);
  }
  return file;
}

function uint24(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

let decoder: Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> | undefined;

async function loadDecoder(): Promise<(bytes: ArrayBuffer) => Promise<RgbaImage>> {
  const [codec, { default: text }] = await Promise.all([
    import('@jsquash/webp/decode.js'),
    import('./generated/webp.ts'),
  ]);
  await codec.init(await codecOptions(text));
  return (bytes) => codec.default(bytes);
}

async function decodeStill(file: Uint8Array, where: string): Promise<RgbaImage> {
  decoder ??= loadDecoder();
  try {
    return await (await decoder)(file.slice().buffer);
  } catch (error) {
    decoder = undefined;
    // what the codec itself throws is an exception of C++, without a message
    const reason = error instanceof Error ? error.message : 'damaged data';
    throw new ImageError(`${where}: expected a WebP that can be decoded, got ${reason}`, { cause: error });
  }
}

/** The first frame of an animation on its canvas, which starts out transparent. */
async function decodeFirstFrame(frame: Uint8Array, canvas: Uint8Array, where: string): Promise<RgbaImage> {
  const [width, height] = [uint24(canvas, 4) + 1, uint24(canvas, 7) + 1];
  requireSize(width, height, where);
  const [left, top] = [2 * uint24(frame, 0), 2 * uint24(frame, 3)];
  const [frameWidth, frameHeight] = [uint24(frame, 6) + 1, uint24(frame, 9) + 1];
  const still = await decodeStill(stillFile(chunksOf(frame, 16), frameWidth, frameHeight), where);
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < Math.min(still.height, height - top); y++) {
    const row = still.data.subarray(
      y * still.width * 4,
      (y * still.width + Math.min(still.width, width - left)) * 4,
    );
    data.set(row, ((top + y) * width + left) * 4);
  }
  return { width, height, data };
}

/**
 * @param bytes a whole WebP file; of an animation, the first frame is taken
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeWebp(
  bytes: Uint8Array,
  where: string,
): Promise<{ image: RgbaImage; orientation: Orientation }> {
  const claimed = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(4, true) + 8;
  if (claimed > bytes.length) {
    throw new ImageError(
      `${where}: expected a WebP of ${claimed} bytes, got ${bytes.length}; the file is truncated`,
    );
  }
  const chunks = chunksOf(bytes, 12);
  const exif = chunks.find(({ type }) => type === 'EXIF')?.data;
  const orientation = exif === undefined ? 1 : orientationOfExif(exif);
  const frame = chunks.find(({ type }) => type === 'ANMF')?.data;
  const canvas = chunks.find(({ type }) => type === 'VP8X')?.data;
  if (canvas !== undefined && canvas.length >= 10)
    requireSize(uint24(canvas, 4) + 1, uint24(canvas, 7) + 1, where);
  const image =
    frame !== undefined && canvas !== undefined
      ? await decodeFirstFrame(frame, canvas, where)
      : await decodeStill(bytes, where);
  return { image, orientation };
}
