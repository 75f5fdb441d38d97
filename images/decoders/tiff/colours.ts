/** From the samples of TIFF to RGB with alpha, by the conversions of Pillow. Source: Pillow 13, Unpack.c, Convert.c. */
import type { Layout } from './layout.ts';

/** Writes one pixel of RGBA from its samples, colours first. */
export type WritePixel = (samples: Readonly<Float64Array>, to: Uint8Array, at: number) => void;

const clipped = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value));

/** a·b / 255, rounded. */
function multiply255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/** As C casts it to whole numbers. */
const rounded = (value: number): number => Math.trunc(value + 0.5);

/**
 * @param palette red, then green, then blue of all colours, 16 bits each; for a palette alone
 */
export function pixelWriter(
  { meaning, alpha, bits, format }: Layout,
  palette: readonly number[],
): WritePixel {
  const paint = (
    to: Uint8Array,
    at: number,
    red: number,
    green: number,
    blue: number,
    opacity = 255,
  ): void => {
    to[at] = red;
    to[at + 1] = green;
    to[at + 2] = blue;
    to[at + 3] = opacity;
  };
  // samples of 16 bits in several channels are cut to their high byte, those of one are clipped
  const byte = (value = 0): number => (bits === 16 ? value >> 8 : value);
  switch (meaning) {
    case 'white is zero':
    case 'grey': {
      const highest = 2 ** bits - 1;
      const scale = bits < 8 ? 255 / highest : 1;
      const isInverted = meaning === 'white is zero' && bits <= 8;
      return ([value = 0, opacity = 255], to, at) => {
        const bare = format === 'signed' && bits === 8 ? value & 255 : value;
        const grey = clipped((isInverted ? highest - bare : bare) * scale);
        paint(to, at, grey, grey, grey, alpha === 'apart' ? opacity : 255);
      };
    }
    case 'palette': {
      const count = palette.length / 3;
      return ([index = 0, opacity = 255], to, at) => {
        const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((i) =>
          index < count ? (palette[i * count + index] ?? 0) >> 8 : 0,
        );
        paint(to, at, red, green, blue, alpha === 'apart' ? opacity : 255);
      };
    }
    case 'inks':
      return (inks, to, at) => {
        const paper = 255 - byte(inks[3]);
        const light = (ink = 0): number => clipped(paper - multiply255(byte(ink), paper));
        paint(to, at, light(inks[0]), light(inks[1]), light(inks[2]));
      };
    case 'YCbCr':
      return ([y = 0, cb = 0, cr = 0], to, at) => {
        const [blue, red] = [cb - 128, cr - 128];
        const green = rounded(-0.34414 * 64 * blue) + rounded(-0.71414 * 64 * red);
        const parts = [rounded(1.402 * 64 * red), green, rounded(1.772 * 64 * blue)];
        const [r = 0, g = 0, b = 0] = parts.map((part) => clipped(y + (part >> 6)));
        paint(to, at, r, g, b);
      };
    case 'RGB':
      return ([red = 0, green = 0, blue = 0, opacity = 255], to, at) => {
        const opaque = alpha === 'none' ? 255 : byte(opacity);
        const apart = (value: number): number =>
          alpha !== 'multiplied' || opaque === 255
            ? byte(value)
            : opaque === 0
              ? 0
              : clipped((byte(value) * 255) / opaque);
        paint(to, at, apart(red), apart(green), apart(blue), opaque);
      };
  }
}
