/** The pixel layouts of PNG: colour type, depth and channels. */

/** A kind of pixel, as the file stores it. */
export interface PixelLayout {
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha */
  colourType: number;
  /** bits of a sample: 1, 2, 4, 8 or 16 */
  depth: number;
  /** samples of a pixel */
  channels: number;
}

export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;

/** By colour type: how many samples a pixel has, and of how many bits they may be. */
const COLOUR_TYPES: Readonly<Record<number, { channels: number; depths: readonly number[] }>> = {
  [GREY]: { channels: 1, depths: [1, 2, 4, 8, 16] },
  [RGB]: { channels: 3, depths: [8, 16] },
  [PALETTE]: { channels: 1, depths: [1, 2, 4, 8] },
  [GREY_ALPHA]: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** The layout of a colour type at a depth, if PNG has it. */
export function layoutOf(colourType: number, depth: number): PixelLayout | undefined {
  const type = COLOUR_TYPES[colourType];
  return type?.depths.includes(depth) ? { colourType, depth, channels: type.channels } : undefined;
}

/** Bits of a pixel. */
export function pixelBits({ depth, channels }: PixelLayout): number {
  return depth * channels;
}
