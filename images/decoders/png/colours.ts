/**
 * From the samples of a row to red, green, blue and alpha of eight bits, by the rules of Pillow's modes.
 *
 * Source: Pillow 13, `PngImagePlugin.py` (`_MODES`, `chunk_tRNS`), `Unpack.c`, `Convert.c` (`ImagingConvertTransparent`,
 * `frompalette`), `_imaging.c` (`_putpalette`, `_putpalettealphas`); transformers 5.23, `image_transforms.py`.
 */
import { GREY, GREY_ALPHA, PALETTE, type PixelLayout, RGB } from './header.ts';
import type { PngFile } from './read-file.ts';

const MOST_COLOURS = 256;
const OPAQUE = 0xff << 24;

/** What a picture needs beside its samples to become colours. */
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
    // of numbers of 16 bits, Pillow compares the low byte with pixels of 8
    key: colourType === RGB && key !== undefined ? [key[1] ?? 0, key[3] ?? 0, key[5] ?? 0] : undefined,
    outputs: colourType >= GREY_ALPHA || transparency !== undefined ? 4 : 3,
  };
}

/** Values of fewer bits are spread over 0…255; those of 16 have been cut off at 255 before. */
function greyTable({ colourType, depth }: PixelLayout, key: Uint8Array | undefined): Uint32Array {
  const table = new Uint32Array(256);
  const scale = depth < 8 ? 255 / (2 ** depth - 1) : 1;
  const low = key?.[1] ?? 0;
  const keyed = depth === 1 ? (low || key?.[0] ? 255 : 0) : low;
  for (let value = 0; value < 256; value++) {
    const grey = (value * scale) & 255;
    const isKey = colourType === GREY && key !== undefined && grey === keyed;
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
    const [red = 0, green = 0, blue = 0] = i < colours ? palette.subarray(3 * i) : [];
    return red | (green << 8) | (blue << 16) | (alpha << 24);
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

/**
 * The samples of a row, eight bits each: of fewer bits as they are, of 16 the high byte, or, of grey, the value cut off
 * at 255, which is how Pillow turns its mode `I;16` into RGB.
 *
 * @param at where the row begins in `data`
 * @param count samples
 * @param scratch of at least `count` bytes, for samples of other than eight bits
 */
export function rowSamples(
  data: Uint8Array,
  at: number,
  count: number,
  { layout, scratch }: { layout: PixelLayout; scratch: Uint8Array },
): Uint8Array {
  const { depth, colourType } = layout;
  if (depth === 8) return data.subarray(at, at + count);
  if (depth === 16) {
    const isGrey = colourType === GREY;
    for (let i = 0; i < count; i++) {
      const high = data[at + 2 * i] ?? 0;
      scratch[i] = isGrey ? (high === 0 ? (data[at + 2 * i + 1] ?? 0) : 255) : high;
    }
    return scratch;
  }
  const mask = (1 << depth) - 1;
  for (let from = at, i = 0; i < count; from++) {
    const byte = data[from] ?? 0;
    for (let shift = 8 - depth; shift >= 0 && i < count; shift -= depth)
      scratch[i++] = (byte >> shift) & mask;
  }
  return scratch;
}

/** Where a row of pixels goes. */
export interface RowTarget {
  /** of 3 or 4 values a pixel, as `outputs` says */
  out: Uint8Array;
  /** where the first pixel belongs in it */
  to: number;
  /** values from one pixel to the next */
  step: number;
}

/** Writes the first `count` pixels of a row. */
export function writeColours(
  samples: Uint8Array,
  count: number,
  { layout, table, key, outputs }: ColourRule,
  target: RowTarget,
): void {
  const { channels } = layout;
  const values = samples.length === count * channels ? samples : samples.subarray(0, count * channels);
  if (channels === 1) writeByTable(values, table, outputs, target);
  else if (channels === 2) writeGreyAlpha(values, target);
  else if (target.step === channels && channels === outputs) target.out.set(values, target.to);
  else writeRgb(values, channels, target, key);
}

function writeByTable(values: Uint8Array, table: Uint32Array, outputs: number, target: RowTarget): void {
  const { out, to, step } = target;
  const hasAlpha = outputs === 4;
  for (let i = 0, at = to; i < values.length; i++, at += step) {
    const colour = table[values[i] ?? 0] ?? 0;
    out[at] = colour;
    out[at + 1] = colour >>> 8;
    out[at + 2] = colour >>> 16;
    if (hasAlpha) out[at + 3] = colour >>> 24;
  }
}

function writeGreyAlpha(values: Uint8Array, { out, to, step }: RowTarget): void {
  for (let from = 0, at = to; from < values.length; from += 2, at += step) {
    const grey = values[from] ?? 0;
    out[at] = grey;
    out[at + 1] = grey;
    out[at + 2] = grey;
    out[at + 3] = values[from + 1] ?? 0;
  }
}

function writeRgb(
  values: Uint8Array,
  channels: number,
  { out, to, step }: RowTarget,
  key: readonly [number, number, number] | undefined,
): void {
  const keyed = key === undefined ? -1 : (key[0] << 16) | (key[1] << 8) | key[2];
  for (let from = 0, at = to; from < values.length; from += channels, at += step) {
    const red = values[from] ?? 0;
    const green = values[from + 1] ?? 0;
    const blue = values[from + 2] ?? 0;
    out[at] = red;
    out[at + 1] = green;
    out[at + 2] = blue;
    if (channels === 4) out[at + 3] = values[from + 3] ?? 0;
    else if (keyed >= 0) out[at + 3] = ((red << 16) | (green << 8) | blue) === keyed ? 0 : 255;
  }
}
