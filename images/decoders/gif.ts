/**
 * GIF images; of an animation, the first frame. Files that leave the specification are read as Pillow reads them.
 *
 * Source: Graphics Interchange Format, version 89a, CompuServe 1990; Pillow 13, `GifImagePlugin.py`.
 */
import { ImageError } from '../../errors/errors.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';
import { byteOrZero } from './byte-or-zero.ts';
import type { Decoded } from './decoded.ts';
import { GifReader } from './gif-reader.ts';
import { decodeLzw } from './lzw.ts';

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const COMMENT = 0xfe;
const APPLICATION = 0xff;
const INTERLACED = 0x40;
/** First row and distance of the rows of each pass of an interlaced image. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** What precedes a frame and says how it is shown. */
interface Screen {
  width: number;
  height: number;
  /** red, green and blue of each index */
  table: Uint8Array | undefined;
  /** the index that stands for nothing, or −1 */
  transparent: number;
}

/**
 * @param bytes a whole GIF file
 * @returns the screen, grown where the frame goes beyond it; what the frame leaves free has the transparent index, or 0
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeGif(bytes: Uint8Array, where: string): Promise<Decoded> {
  try {
    return { image: readFirstFrame(new GifReader(bytes), where) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError(`${where}: expected a GIF that can be decoded, got ${error.message}`, {
      cause: error,
    });
  }
}

function readFirstFrame(reader: GifReader, where: string): RgbaImage {
  reader.take(6);
  const [width, height] = [reader.short(), reader.short()];
  const packed = reader.byte();
  reader.take(2);
  const table = reader.colourTable(packed);
  let transparent = -1;
  for (;;) {
    const kind = reader.byte();
    if (kind === EXTENSION) transparent = readExtension(reader) ?? transparent;
    else if (kind === IMAGE) return readFrame(reader, { width, height, table, transparent }, where);
    else if (kind === TRAILER) throw new RangeError('a file without an image');
    // any other byte between blocks is passed over
  }
}

/** Passes over an extension; returns the transparent index if it names one. */
function readExtension(reader: GifReader): number | undefined {
  const label = reader.byte();
  const block = reader.subBlock();
  if (label === COMMENT && block === undefined) return undefined;
  if (label === APPLICATION && String.fromCharCode(...(block ?? []).slice(0, 11)) === 'NETSCAPE2.0')
    reader.subBlock();
  // as Pillow does, also after an empty block, which should have been the end
  while (reader.subBlock() !== undefined);
  if (label !== GRAPHIC_CONTROL || block === undefined) return undefined;
  const index = block[3];
  const namesOne = (block[0]! & 1) !== 0;
  if (block.length < 3 || (namesOne && index === undefined)) {
    throw new RangeError(`a graphic control block of ${block.length} bytes`);
  }
  return namesOne ? index : undefined;
}

function readFrame(reader: GifReader, screen: Screen, where: string): RgbaImage {
  const [left, top] = [reader.short(), reader.short()];
  const [frameWidth, frameHeight] = [reader.short(), reader.short()];
  const width = Math.max(screen.width, left + frameWidth);
  const height = Math.max(screen.height, top + frameHeight);
  requireSize(width, height, where);
  if (frameWidth === 0 || frameHeight === 0)
    throw new RangeError(`a frame of ${frameWidth}×${frameHeight} pixels`);
  const packed = reader.byte();
  const colours = coloursOf([reader.colourTable(packed), screen.table], screen.transparent);
  const codeSize = reader.byte();
  const indices = decodeLzw(reader.rest(), codeSize, frameWidth * frameHeight);

  const pixels = new Uint32Array(width * height);
  pixels.fill(colours[Math.max(screen.transparent, 0)]!);
  let from = 0;
  for (const row of rowOrder(frameHeight, (packed & INTERLACED) !== 0)) {
    const start = (top + row) * width + left;
    for (let to = start; to < start + frameWidth; to++) pixels[to] = colours[indices[from++]!]!;
  }
  return { width, height, data: new Uint8Array(pixels.buffer) };
}

/**
 * What each of 256 indices stands for, four bytes each: red, green, blue, alpha.
 *
 * Pillow takes a table in which every index is its own grey for no table; so the screen's table comes before such a
 * table of the frame. Without any, indices are greys; beyond the end of one, black.
 */
function coloursOf(tables: readonly (Uint8Array | undefined)[], transparent: number): Uint32Array {
  const table = tables.find((one) => one?.some((value, i) => value !== Math.trunc(i / 3)));
  const colours = new Uint8Array(4 * 256);
  for (let index = 0; index < 256; index++) {
    for (let channel = 0; channel < 3; channel++) {
      colours[4 * index + channel] = table === undefined ? index : byteOrZero(table, 3 * index + channel);
    }
    colours[4 * index + 3] = index === transparent ? 0 : 255;
  }
  return new Uint32Array(colours.buffer);
}

/** The rows of a frame in the order in which they are stored. */
function rowOrder(height: number, interlaced: boolean): number[] {
  if (!interlaced) return Array.from({ length: height }, (_, row) => row);
  return PASSES.flatMap(([first, step]) =>
    Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step),
  );
}
