/**
 * The colour rule of a PNG: samples to red, green, blue and alpha of eight bits, as in Pillow's modes.
 *
 * Source: Pillow 13, `PngImagePlugin.py` (`_MODES`, `chunk_tRNS`), `Unpack.c`, `Convert.c` (`ImagingConvertTransparent`,
 * `frompalette`), `_imaging.c` (`_putpalette`, `_putpalettealphas`); transformers 5.23, `image_transforms.py`.
 */
import { byteOrZero } from '../byte-or-zero.ts';
import { GREY, GREY_ALPHA, PALETTE, type PixelLayout, RGB } from './header.ts';
import type { PngFile } from './read-file.ts';

const MOST_COLOURS = 256;
const OPAQUE = 0xff << 24;

/** What an image needs beside its samples to become colours. */
export interface ColourRule {
  layout: PixelLayout;
  /** for each value of the single sample of grey and palette pixels: red in the lowest byte, green, blue, alpha */
  table: Uint32Array;
  /** the RGB colour that is transparent, if one is */
  key: readonly [number, number, number] | undefined;
  /** 4 if pixels may be transparent, else 3 */
  outputs: 3 | 4;
}

/** @throws RangeError if there are more colours, or alphas, than a palette has */
export function colourRule({ layout, palette, transparency }: PngFile): ColourRule {
  const { colourType } = layout;
  const table =
    colourType === PALETTE ? paletteTable(palette, transparency) : greyTable(layout, transparency);
  const key = transparency;
  return {
    layout,
    table,
    key: colourType === RGB && key !== undefined ? [low(key, 0), low(key, 1), low(key, 2)] : undefined,
    outputs: colourType >= GREY_ALPHA || transparency !== undefined ? 4 : 3,
  };
}

/** Of numbers of 16 bits, Pillow compares the low byte with pixels of 8. A later header may want more than there are. */
function low(key: Uint8Array, channel: number): number {
  return byteOrZero(key, 2 * channel + 1);
}

/** Values of fewer bits are spread over 0…255; those of 16 have been cut off at 255 before. */
function greyTable({ colourType, depth }: PixelLayout, key: Uint8Array | undefined): Uint32Array {
  const table = new Uint32Array(256);
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const keyed =
    key === undefined ? -1 : depth === 1 ? (low(key, 0) || byteOrZero(key, 0) ? 255 : 0) : low(key, 0);
  for (let value = 0; value < 256; value++) {
    const grey = (value * scale) & 255;
    const isKey = colourType === GREY && grey === keyed;
    table[value] = (grey * 0x10101) | (isKey ? 0 : OPAQUE);
  }
  return table;
}

/** Colours that the palette lacks are black. */
function paletteTable(palette: Uint8Array, transparency: Uint8Array | undefined): Uint32Array {
  const colours = Math.trunc(palette.length / 3);
  if (colours > MOST_COLOURS) throw new RangeError(`a palette of ${colours} colours`);
  const alphas = alphasOf(transparency ?? new Uint8Array());
  return Uint32Array.from(alphas, (alpha, i) => {
    const colour =
      i < colours ? palette[3 * i]! | (palette[3 * i + 1]! << 8) | (palette[3 * i + 2]! << 16) : 0;
    return colour | (alpha << 24);
  });
}

/** The alphas of all colours of a palette: those not given are opaque. */
function alphasOf(given: Uint8Array): Uint8Array {
  const alphas = new Uint8Array(MOST_COLOURS).fill(255);
  const only = onlyTransparent(given);
  if ((only ?? given.length - 1) >= MOST_COLOURS) {
    throw new RangeError(`a chunk tRNS of ${given.length} bytes for a palette`);
  }
  if (only === undefined) alphas.set(given);
  else alphas[only] = 0;
  return alphas;
}

/**
 * The one entry that is transparent where all others are opaque. As Pillow looks for this with a pattern that ends in
 * `$`, a line feed may follow.
 */
function onlyTransparent(alphas: Uint8Array): number | undefined {
  const whole = alphas.at(-1) === 10 ? alphas.subarray(0, -1) : alphas;
  const first = whole.indexOf(0);
  return first >= 0 && whole.every((alpha, i) => alpha === 255 || i === first) ? first : undefined;
}
