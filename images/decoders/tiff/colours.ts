/** Colour conversion of TIFF: samples to RGB with alpha, as Pillow converts them. Source: Pillow 13, Unpack.c, Convert.c. */
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
  const paint = (to: Uint8Array, at: number, red: number, green: number, blue: number, alpha = 255): void => {
    to[at] = red;
    to[at + 1] = green;
    to[at + 2] = blue;
    to[at + 3] = alpha;
  };
  // samples of 16 bits in several channels are cut to their high byte, those of one are clipped
  const byte = (value: number): number => (bits === 16 ? value >> 8 : value);
  const opacity = (samples: Readonly<Float64Array>): number => (alpha === 'apart' ? samples[1]! : 255);
  switch (meaning) {
    case 'white is zero':
    case 'grey': {
      const highest = 2 ** bits - 1;
      const scale = bits < 8 ? 255 / highest : 1;
      const isInverted = meaning === 'white is zero' && bits <= 8;
      return (samples, to, at) => {
        const value = samples[0]!;
        const bare = format === 'signed' && bits === 8 ? value & 255 : value;
        const grey = clipped((isInverted ? highest - bare : bare) * scale);
        paint(to, at, grey, grey, grey, opacity(samples));
      };
    }
    case 'palette': {
      const count = Math.floor(palette.length / 3);
      const colour = (index: number, channel: number): number =>
        index < count ? palette[channel * count + index]! >> 8 : 0;
      return (samples, to, at) => {
        const index = samples[0]!;
        paint(to, at, colour(index, 0), colour(index, 1), colour(index, 2), opacity(samples));
      };
    }
    case 'inks':
      return (inks, to, at) => {
        const paper = 255 - byte(inks[3]!);
        const light = (channel: number): number => clipped(paper - multiply255(byte(inks[channel]!), paper));
        paint(to, at, light(0), light(1), light(2));
      };
    case 'YCbCr':
      return (samples, to, at) => {
        const [y, blue, red] = [samples[0]!, samples[1]! - 128, samples[2]! - 128];
        const green = rounded(-0.34414 * 64 * blue) + rounded(-0.71414 * 64 * red);
        const light = (part: number): number => clipped(y + (part >> 6));
        paint(to, at, light(rounded(1.402 * 64 * red)), light(green), light(rounded(1.772 * 64 * blue)));
      };
    case 'RGB':
      return (samples, to, at) => {
        const opaque = alpha === 'none' ? 255 : byte(samples[3]!);
        const apart = (channel: number): number => {
          const value = byte(samples[channel]!);
          if (alpha !== 'multiplied' || opaque === 255) return value;
          return opaque === 0 ? 0 : clipped((value * 255) / opaque);
        };
        paint(to, at, apart(0), apart(1), apart(2), opaque);
      };
  }
}
