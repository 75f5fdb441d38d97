/**
 * The samples of stored rows.
 *
 * Source: Pillow 13, `Unpack.c`, and for grey of 16 bits `I16_RGB` of `Convert.c`.
 */
import { GREY, type PixelLayout } from './header.ts';

/** Bytes that `rowSamples` may write after the last sample. */
export const SLACK = 7;

/**
 * The samples of a row, eight bits each: of fewer bits as they are, of 16 the high byte, or, of grey, the value cut off
 * at 255, which is how Pillow turns its mode `I;16` into RGB.
 *
 * @param data holds the row from `at`
 * @param count samples
 * @param scratch of at least `count + SLACK` bytes, for samples of other than eight bits
 */
export function rowSamples(
  data: Uint8Array,
  at: number,
  count: number,
  { layout, scratch }: { layout: PixelLayout; scratch: Uint8Array },
): Uint8Array {
  const { depth, colourType } = layout;
  if (depth === 8) return data.subarray(at, at + count);
  if (depth < 8) unpackBits(data, at, count, depth, scratch);
  else if (colourType === GREY) cutOff(data, at, count, scratch);
  else for (let i = 0, from = at; i < count; i++, from += 2) scratch[i] = data[from]!;
  return scratch;
}

function cutOff(data: Uint8Array, at: number, count: number, scratch: Uint8Array): void {
  for (let i = 0, from = at; i < count; i++, from += 2) {
    scratch[i] = data[from] === 0 ? data[from + 1]! : 255;
  }
}

/** The first sample is in the highest bits; of the last byte, all are written. */
function unpackBits(data: Uint8Array, at: number, count: number, depth: number, scratch: Uint8Array): void {
  if (depth === 4) {
    for (let i = 0, from = at; i < count; i += 2, from++) {
      const byte = data[from]!;
      scratch[i] = byte >> 4;
      scratch[i + 1] = byte & 15;
    }
    return;
  }
  const mask = (1 << depth) - 1;
  for (let i = 0, from = at; i < count; from++) {
    const byte = data[from]!;
    for (let shift = 8 - depth; shift >= 0; shift -= depth) scratch[i++] = (byte >> shift) & mask;
  }
}
