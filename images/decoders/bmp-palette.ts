/**
 * The palette of a BMP.
 *
 * Source: Pillow 13, `BmpImagePlugin.py`.
 */
import { ImageError } from '../../errors/errors.ts';
import type { BmpHeader } from './bmp-header.ts';
import { byteOrZero } from './byte-or-zero.ts';

/** Pillow refuses more in a header. */
const MAX_COLOURS = 65_536;

/** What indices stand for. */
export interface BmpPalette {
  /**
   * Pillow's mode: `1` where the palette is black and white, or black alone; `L` where every index is its own grey; `P`
   * where colours count. It decides how many bits an index takes, whatever the header says: 1, 8, or those of the header.
   */
  mode: '1' | 'L' | 'P';
  /** of 256 indices, four bytes each: red, green, blue, 255; beyond the end of a palette of colours, black */
  colours: Uint8Array;
}

/** @throws ImageError if the palette has more colours than Pillow reads */
export function readBmpPalette(
  bytes: Uint8Array,
  { colours: count, paletteAt, paletteStep: step }: BmpHeader,
  where: string,
): BmpPalette {
  const palette = bytes.subarray(paletteAt, paletteAt + step * count);
  const isGrey = count <= MAX_COLOURS && greysOnly(palette, step, count);
  if (count > MAX_COLOURS || (!isGrey && palette.length >= step * 257)) {
    throw new ImageError(
      `${where}: expected a BMP palette of 1 to 256 colours, got ${count}; convert it to PNG`,
    );
  }
  const mode = isGrey ? (count <= 2 ? '1' : 'L') : 'P';
  const colours = new Uint8Array(4 * 256).fill(255);
  for (let index = 0; index < 256; index++) {
    const grey = mode === '1' ? Math.min(index, 1) * 255 : index;
    for (let channel = 0; channel < 3; channel++) {
      colours[4 * index + channel] = isGrey ? grey : byteOrZero(palette, index * step + 2 - channel);
    }
  }
  return { mode, colours };
}

function greysOnly(palette: Uint8Array, step: number, count: number): boolean {
  for (let index = 0; index < count; index++) {
    const grey = count === 2 ? index * 255 : index & 255;
    const at = index * step;
    if (palette[at] !== grey || palette[at + 1] !== grey || palette[at + 2] !== grey) return false;
  }
  return true;
}
