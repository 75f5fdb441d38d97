/** A small image, in bytes and in pixels, and the pixels that an image processor reads of what is handed to it. */

import { BitImageProcessor, type Pixels } from '../../image-processor.ts';
import { DINOV2_PROCESSOR } from '../../processor-config.ts';
import { writeBmp } from '../../testing/write-bmp.ts';

/** Its size in pixels. */
export const SIZE = { width: 3, height: 2 };

/** Its colours, row-major [H, W, 3]. */
export const RGB = Uint8Array.from({ length: 18 }, (_, i) => (i * 53) % 256);

/** The same, opaque, as a canvas has it: [H, W, 4]. */
export const RGBA = Uint8ClampedArray.from({ length: 24 }, (_, i) =>
  i % 4 === 3 ? 255 : RGB[Math.floor(i / 4) * 3 + (i % 4)]!,
);

/** The same as a file: a BMP of 24 bits, its first row first. */
export const BMP = writeBmp({ ...SIZE, height: -SIZE.height, bits: 24, pixels: rowsOf(RGB) });

/** Blue, green, red, with three bytes that fill each row of nine up to twelve. */
function rowsOf(rgb: Uint8Array): number[] {
  return Array.from({ length: SIZE.height * 12 }, (_, at) => {
    const inRow = at % 12;
    const first = Math.floor(at / 12) * 9 + inRow - (inRow % 3);
    return inRow < 9 ? rgb[first + 2 - (inRow % 3)]! : 0;
  });
}

const processor = new BitImageProcessor({ ...DINOV2_PROCESSOR, doResize: false, doCenterCrop: false });

/** The pixels that are read of an image, or of a list; of anything, as from JavaScript. */
export async function pixelsOf(image: unknown, options: unknown = {}): Promise<Pixels> {
  const { resizeAndCrop } = BitImageProcessor.prototype;
  const call: Promise<{ pixels: Pixels }> = Reflect.apply(resizeAndCrop, processor, [image, options]);
  return (await call).pixels;
}
