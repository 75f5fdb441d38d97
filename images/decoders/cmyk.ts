/** Colours of four inks. */

/** How a JPEG's four components are meant, from its Adobe marker. */
export interface CmykKind {
  /** whether the first three are Y, Cb, Cr of the inverted inks */
  ycck: boolean;
  /** whether the file holds the inks inverted, as Adobe's programs write them */
  inverted: boolean;
}

/** a·b / 255, rounded, as Pillow computes it. */
function multiply255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

const FIX = (value: number): number => Math.trunc(value * 65536 + 0.5);
const HALF = 32768;

function clip(value: number): number {
  return Math.min(Math.max(value, 0), 255);
}

/** C, M, Y of one pixel, by libjpeg's integer arithmetic (`ycck_cmyk_convert`). */
function inksOfYcc(y: number, cb: number, cr: number): [number, number, number] {
  const [blue, red] = [cb - 128, cr - 128];
  return [
    clip(255 - (y + ((FIX(1.402) * red + HALF) >> 16))),
    clip(255 - (y + ((-FIX(0.34414) * blue - FIX(0.71414) * red + HALF) >> 16))),
    clip(255 - (y + ((FIX(1.772) * blue + HALF) >> 16))),
  ];
}

/**
 * RGBA of planes of inks, by the formula of Pillow's `convert('RGB')`.
 *
 * @param planes the four components, one value a pixel
 * @param pixels how many
 */
export function rgbaOfCmyk(
  planes: readonly Uint8Array[],
  pixels: number,
  { ycck, inverted }: CmykKind,
): Uint8Array {
  const [first, second, third, fourth] = planes;
  const rgba = new Uint8Array(pixels * 4).fill(255);
  for (let i = 0; i < pixels; i++) {
    const stored = [first?.[i] ?? 0, second?.[i] ?? 0, third?.[i] ?? 0] as const;
    const inks = ycck ? inksOfYcc(...stored) : stored;
    const key = fourth?.[i] ?? 0;
    const paper = inverted ? key : 255 - key;
    for (const [channel, ink] of inks.entries()) {
      const amount = inverted ? 255 - ink : ink;
      rgba[i * 4 + channel] = clip(paper - multiply255(amount, paper));
    }
  }
  return rgba;
}
