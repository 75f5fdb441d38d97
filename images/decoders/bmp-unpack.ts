/**
 * Unpacking of BMP: stored pixels to red, green, blue and alpha.
 *
 * Source: Pillow 13, `BmpImagePlugin.py`, `Unpack.c`.
 */
import { ImageError } from '../../errors/errors.ts';
import { BIT_FIELDS, type BmpHeader } from './bmp-header.ts';

/** How a row of pixels is read. */
export interface Unpacker {
  /** of a stored pixel */
  bits: number;
  /** Reads pixels, as many as `rgba` has room for at four bytes each, from `row`. */
  unpack(row: Uint8Array, rgba: Uint8Array): void;
}

/** Orders of the bytes of a pixel that Pillow reads; an X is unused. */
const ORDERS = ['BGRX', 'XBGR', 'BGXR', 'ABGR', 'RGBA', 'BGRA', 'BGAR'];
/** The mask of alpha in a header that has none for it. */
const NONE = 0;
const MASKS_24 = [0xff0000, 0xff00, 0xff];
const MASKS_565 = [0xf800, 0x7e0, 0x1f];
const MASKS_555 = [0x7c00, 0x3e0, 0x1f];

/**
 * Pixels that are indices, the first in the highest bits of a byte.
 *
 * @param bits of an index: 1, 4 or 8
 * @param colours of 256 indices, four bytes each
 */
export function indexUnpacker(bits: number, colours: Uint8Array): Unpacker {
  const mask = 2 ** bits - 1;
  return {
    bits,
    unpack(row, rgba) {
      for (let to = 0, bit = 0; to < rgba.length; to += 4, bit += bits) {
        const index = (row[bit >> 3]! >> (8 - bits - (bit & 7))) & mask;
        rgba[to] = colours[4 * index]!;
        rgba[to + 1] = colours[4 * index + 1]!;
        rgba[to + 2] = colours[4 * index + 2]!;
        rgba[to + 3] = 255;
      }
    },
  };
}

/**
 * Pixels of 16, 24 or 32 bits.
 *
 * @throws ImageError if the masks are none of those that Pillow reads
 */
export function colourUnpacker({ bits, compression, masks }: BmpHeader, where: string): Unpacker {
  const hasMasks = compression === BIT_FIELDS;
  const is = (expected: readonly number[]): boolean =>
    expected.every((mask, i) => mask === (masks[i] ?? NONE));
  if (bits === 16 && (!hasMasks || is(MASKS_555)))
    return { bits, unpack: (row, rgba) => unpack16(row, rgba, 5) };
  if (bits === 16 && is(MASKS_565)) return { bits, unpack: (row, rgba) => unpack16(row, rgba, 6) };
  if (bits === 24 && (!hasMasks || is(MASKS_24))) return byteUnpacker('BGR');
  if (bits === 32) {
    // without masks the fourth byte is unused; with masks of zero Pillow takes it for alpha
    const order = !hasMasks
      ? 'BGRX'
      : masks.every((mask) => mask === 0)
        ? 'BGRA'
        : ORDERS.find((one) => is(masksOf(one)));
    if (order !== undefined) return byteUnpacker(order);
  }
  const got = masks.map((mask) => mask.toString(16)).join(', ');
  throw new ImageError(
    `${where}: expected masks of a usual order of colours in a BMP of ${bits} bits, got ${got}; convert it to PNG`,
  );
}

/** Masks of red, green, blue and alpha for bytes in an order, the lowest byte first. */
function masksOf(order: string): number[] {
  return Array.from('RGBA', (channel) =>
    order.includes(channel) ? 0xff * 256 ** order.indexOf(channel) : 0,
  );
}

function byteUnpacker(order: string): Unpacker {
  const place = (channel: string): number => order.indexOf(channel);
  const [red, green, blue, alpha] = [place('R'), place('G'), place('B'), place('A')];
  const step = order.length;
  return {
    bits: 8 * step,
    unpack(row, rgba) {
      for (let from = 0, to = 0; to < rgba.length; from += step, to += 4) {
        rgba[to] = row[from + red]!;
        rgba[to + 1] = row[from + green]!;
        rgba[to + 2] = row[from + blue]!;
        rgba[to + 3] = alpha < 0 ? 255 : row[from + alpha]!;
      }
    },
  };
}

/** Red and blue have 5 bits, green 5 or 6; all are spread over 0…255, rounded down. */
function unpack16(row: Uint8Array, rgba: Uint8Array, greenBits: 5 | 6): void {
  const greens = 2 ** greenBits - 1;
  for (let from = 0, to = 0; to < rgba.length; from += 2, to += 4) {
    const pixel = row[from]! | (row[from + 1]! << 8);
    rgba[to] = (((pixel >> (5 + greenBits)) & 31) * 255) / 31;
    rgba[to + 1] = (((pixel >> 5) & greens) * 255) / greens;
    rgba[to + 2] = ((pixel & 31) * 255) / 31;
    rgba[to + 3] = 255;
  }
}
