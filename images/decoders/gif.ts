/**
 * GIF pictures; of an animation, the first frame.
 *
 * Source: Graphics Interchange Format, version 89a, CompuServe 1990.
 */
import { ImageError } from '../../errors/errors.ts';
import { type RgbaImage, requireSize } from '../raw-image.ts';
import { decodeLzw } from './lzw.ts';

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;
const HAS_TABLE = 0x80;
const INTERLACED = 0x40;
/** First row and distance of the rows of each pass of an interlaced picture. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** Bytes in order; every read is checked. */
class Reader {
  position = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined) throw new RangeError('a file that ends early');
    return value;
  }

  short(): number {
    return this.byte() | (this.byte() << 8);
  }

  take(length: number): Uint8Array {
    const start = this.position;
    this.position += length;
    if (this.position > this.bytes.length) throw new RangeError('a file that ends early');
    return this.bytes.subarray(start, this.position);
  }

  /** Blocks of up to 255 bytes, up to an empty one. */
  subBlocks(): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    for (let size = this.byte(); size > 0; size = this.byte()) blocks.push(this.take(size));
    return blocks;
  }

  /** The table of colours that a packed field announces, if it does. */
  colours(packed: number): Uint8Array | undefined {
    return packed & HAS_TABLE ? this.take(3 * 2 ** ((packed & 7) + 1)) : undefined;
  }
}

/**
 * @param bytes a whole GIF file
 * @throws ImageError if it is damaged or truncated
 */
export async function decodeGif(bytes: Uint8Array, where: string): Promise<RgbaImage> {
  try {
    return readFirstFrame(new Reader(bytes), where);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError(`${where}: expected a GIF that can be decoded, got ${error.message}`, {
      cause: error,
    });
  }
}

function readFirstFrame(reader: Reader, where: string): RgbaImage {
  reader.take(6);
  const width = reader.short();
  const height = reader.short();
  requireSize(width, height, where);
  const packed = reader.byte();
  reader.take(2);
  const globalColours = reader.colours(packed);
  let transparent = -1;
  for (;;) {
    const kind = reader.byte();
    if (kind === EXTENSION) {
      const label = reader.byte();
      const [control] = reader.subBlocks();
      if (label === GRAPHIC_CONTROL && control !== undefined && control.length >= 4) {
        transparent = (control[0] ?? 0) & 1 ? (control[3] ?? 0) : -1;
      }
    } else if (kind === IMAGE) {
      return readFrame(reader, { width, height, colours: globalColours, transparent });
    } else {
      throw new RangeError('a file without a picture');
    }
  }
}

/** What the screen and the control block say about a frame. */
interface Screen {
  width: number;
  height: number;
  colours: Uint8Array | undefined;
  /** the index that stands for nothing, or −1 */
  transparent: number;
}

function readFrame(reader: Reader, { width, height, colours, transparent }: Screen): RgbaImage {
  const left = reader.short();
  const top = reader.short();
  const frameWidth = reader.short();
  const frameHeight = reader.short();
  if (left + frameWidth > width || top + frameHeight > height)
    throw new RangeError('a frame beyond the screen');
  const packed = reader.byte();
  const palette = reader.colours(packed) ?? colours;
  if (palette === undefined) throw new RangeError('a frame without colours');
  const codeSize = reader.byte();
  const indices = decodeLzw(reader.subBlocks(), codeSize, frameWidth * frameHeight);
  const data = new Uint8Array(width * height * 4);
  const rows = rowOrder(frameHeight, (packed & INTERLACED) !== 0);
  for (const [i, row] of rows.entries()) {
    let to = ((top + row) * width + left) * 4;
    for (const index of indices.subarray(i * frameWidth, (i + 1) * frameWidth)) {
      if (index !== transparent) {
        data[to] = palette[3 * index] ?? 0;
        data[to + 1] = palette[3 * index + 1] ?? 0;
        data[to + 2] = palette[3 * index + 2] ?? 0;
        data[to + 3] = 255;
      }
      to += 4;
    }
  }
  return { width, height, data };
}

/** The rows of a frame in the order in which they are stored. */
function rowOrder(height: number, interlaced: boolean): number[] {
  if (!interlaced) return Array.from({ length: height }, (_, row) => row);
  return PASSES.flatMap(([first, step]) =>
    Array.from({ length: Math.max(0, Math.ceil((height - first) / step)) }, (_, i) => first + i * step),
  );
}
