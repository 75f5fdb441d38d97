/** TIFF images, as Pillow reads them. */
import { ImageError } from '../../errors/errors.ts';
import type { Metadata, Orientation } from '../orientation/orientation.ts';
import { requireSize } from '../raw-image.ts';
import type { Decoded } from './decoded.ts';
import { readBlocks } from './tiff/blocks.ts';
import { pixelWriter } from './tiff/colours.ts';
import { type Directory, readDirectory, TAG } from './tiff/directory.ts';
import { layoutOf } from './tiff/layout.ts';
import { sampleReader } from './tiff/samples.ts';

/**
 * Decodes the first page: bilevel, grey, palette, RGB, inks and uncompressed YCbCr, with alpha or without, in strips or
 * tiles, uncompressed or by LZW, Deflate or PackBits.
 *
 * Source: TIFF 6.0; Pillow 13, TiffImagePlugin.py.
 *
 * @param bytes a whole TIFF or BigTIFF file
 * @throws ImageError if it is damaged or truncated, or of a kind that is not read
 */
export async function decodeTiff(bytes: Uint8Array, where: string): Promise<Decoded> {
  try {
    const directory = readDirectory(bytes);
    const width = directory.number(TAG.imageWidth, 0);
    const height = directory.number(TAG.imageLength, 0);
    requireSize(width, height, where);
    const data = await pixelsOf(bytes, directory, { width, height });
    return { image: { width, height, data }, metadata: metadataOf(directory) };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ImageError(
      `${where}: expected a TIFF that can be decoded, got ${cause.message}; convert it to PNG`,
      { cause },
    );
  }
}

function metadataOf(directory: Directory): Metadata {
  const [stated] = directory.numbers(TAG.orientation);
  if (stated === undefined) return { xmp: directory.bytes(TAG.xmp) };
  return { own: (stated >= 1 && stated <= 8 ? stated : 1) as Orientation };
}

async function pixelsOf(
  bytes: Uint8Array,
  directory: Directory,
  size: { width: number; height: number },
): Promise<Uint8Array> {
  const layout = layoutOf(directory);
  const data = new Uint8Array(size.width * size.height * 4);
  const write = pixelWriter(layout, directory.numbers(TAG.colorMap));
  const planes = layout.isPlanar ? new Uint8Array(size.width * size.height * layout.samples) : undefined;
  const samples = new Float64Array(layout.samples);
  const read = sampleReader(layout);
  for await (const block of readBlocks(bytes, directory, layout, size)) {
    for (let y = 0; y < block.height; y++) {
      const to = (block.top + y) * size.width + block.left;
      const row = block.bytes.subarray(y * block.rowBytes, (y + 1) * block.rowBytes);
      if (planes !== undefined)
        planes.set(row.subarray(0, block.width), block.plane * size.width * size.height + to);
      else readRow(row, to, block.width);
    }
  }
  if (planes !== undefined) joinPlanes(planes);
  return data;

  function readRow(row: Uint8Array, to: number, width: number): void {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    for (let x = 0; x < width; x++) {
      for (let i = 0; i < samples.length; i++) samples[i] = read(view, x * samples.length + i);
      write(samples, data, 4 * (to + x));
    }
  }

  function joinPlanes(stored: Uint8Array): void {
    const count = size.width * size.height;
    for (let pixel = 0; pixel < count; pixel++) {
      for (let i = 0; i < samples.length; i++) samples[i] = stored[i * count + pixel]!;
      write(samples, data, 4 * pixel);
    }
  }
}
