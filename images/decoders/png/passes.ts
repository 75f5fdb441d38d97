/** The order in which a PNG file stores its pixels. */
import { type PixelLayout, pixelBits } from './header.ts';
import type { PngFile } from './read-file.ts';

/** Rows that are stored one after the other: a whole image, or one of the seven passes of an interlaced one. */
export interface Pass {
  /** where the first pixel belongs in the image */
  left: number;
  top: number;
  /** from one pixel to the next in the image */
  stepX: number;
  stepY: number;
  /** pixels of a row */
  width: number;
  /** rows */
  height: number;
  /** bytes of a row without the one before it that names its filter */
  rowBytes: number;
}

/** Left, top, and steps of the passes of Adam7. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * The passes that hold pixels. An interlaced frame begins at the corner of the image, wherever it belongs: so does
 * Pillow 13 (`ZipDecode.c`), and so do we.
 */
export function passesOf({ region, interlaced, layout }: PngFile): Pass[] {
  const { left, top, width, height } = region;
  if (!interlaced) {
    return [{ left, top, stepX: 1, stepY: 1, width, height, rowBytes: rowBytes(width, layout) }];
  }
  return ADAM7.map(([left, top, stepX, stepY]) => {
    const inRow = Math.ceil((width - left) / stepX);
    const rows = Math.ceil((height - top) / stepY);
    return { left, top, stepX, stepY, width: inRow, height: rows, rowBytes: rowBytes(inRow, layout) };
  }).filter((pass) => pass.width > 0 && pass.height > 0);
}

function rowBytes(width: number, layout: PixelLayout): number {
  return Math.ceil((width * pixelBits(layout)) / 8);
}

/** Bytes of all passes, with those that name filters. */
export function storedBytes(passes: readonly Pass[]): number {
  return passes.reduce((sum, { height, rowBytes }) => sum + height * (1 + rowBytes), 0);
}
