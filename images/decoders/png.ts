/** PNG pictures, with the choices Pillow makes about depth and transparency. */
import type { DecodedPng } from 'fast-png';
import { ImageError } from '../../errors/errors.ts';
import type { Metadata } from '../orientation/orientation.ts';
import type { RgbaImage } from '../raw-image.ts';
import { readPngFile } from './png-chunks.ts';

/**
 * @param bytes a whole PNG file
 * @throws ImageError if it is damaged, truncated, or unpacks to far more than its header promises
 */
export async function decodePng(
  bytes: Uint8Array,
  where: string,
): Promise<{ image: RgbaImage; metadata: Metadata }> {
  const { metadata, picture } = await readPngFile(bytes, where);
  const { decode } = await import('fast-png');
  let decoded: DecodedPng;
  try {
    decoded = decode(picture, { checkCrc: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImageError(`${where}: expected a PNG that can be decoded, got ${reason}`, { cause: error });
  }
  return { image: toRgba(decoded), metadata };
}

function toRgba(png: DecodedPng): RgbaImage {
  const { width, height } = png;
  const rgba = new Uint8Array(width * height * 4);
  const sample = sampleReader(png);
  const { palette, transparency, channels } = png;
  const bytesPerRow = Math.ceil((width * channels * png.depth) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = (y * width + x) * 4;
      const at = (channel: number): number => sample(y, x * channels + channel, bytesPerRow);
      if (palette !== undefined) {
        const [red = 0, green = 0, blue = 0, alpha = 255] = palette[at(0)] ?? [];
        rgba.set([red, green, blue, alpha], to);
        continue;
      }
      const grey = channels <= 2;
      const values = grey ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
      const keyed = transparency !== undefined && isKey(values, transparency, png);
      const alpha = channels === 2 ? eightBits(at(1), png) : channels === 4 ? eightBits(at(3), png) : 255;
      rgba.set([...values.map((value) => colour(value, png)), keyed ? 0 : alpha], to);
    }
  }
  return { width, height, data: rgba };
}

/** Reads sample `index` of a row; samples of less than 8 bits are packed, the first in the highest bits. */
function sampleReader({
  data,
  depth,
  width,
  channels,
}: DecodedPng): (y: number, index: number, row: number) => number {
  if (depth >= 8) return (y, index) => data[y * width * channels + index] ?? 0;
  return (y, index, row) => {
    const byte = data[y * row + ((index * depth) >> 3)] ?? 0;
    return (byte >> (8 - depth - ((index * depth) & 7))) & ((1 << depth) - 1);
  };
}

/** 16-bit values keep their high byte; fewer bits are spread over 0…255. */
function eightBits(value: number, { depth }: DecodedPng): number {
  if (depth === 16) return value >> 8;
  return depth === 8 ? value : Math.trunc((value * 255) / (2 ** depth - 1));
}

/** Pillow keeps 16-bit grey as it is and cuts it off at 255 on the way to RGB. */
function colour(value: number, png: DecodedPng): number {
  return png.depth === 16 && png.channels === 1 ? Math.min(value, 255) : eightBits(value, png);
}

function isKey(values: readonly number[], key: Uint16Array, png: DecodedPng): boolean {
  return values.every((value, channel) => value === (png.channels === 1 ? key[0] : key[channel]));
}
