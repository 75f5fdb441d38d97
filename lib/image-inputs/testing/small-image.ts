/** A small image, in bytes and in pixels, and the pixels that an image processor reads of what is handed to it. */
import { DINOV2_PROCESSOR } from '../../../images/processor-config.ts';
import { BitImageProcessor, type Pixels } from '../../image-processor.ts';

/** Its size in pixels. */
export const SIZE = { width: 3, height: 2 };

/** Its colours, row-major [H, W, 3]. */
export const RGB = Uint8Array.from({ length: 18 }, (_, i) => (i * 53) % 256);

/** The same, opaque, as a canvas has it: [H, W, 4]. */
export const RGBA = Uint8ClampedArray.from({ length: 24 }, (_, i) =>
  i % 4 === 3 ? 255 : (RGB[Math.floor(i / 4) * 3 + (i % 4)] ?? 0),
);

/** The same as a file: a BMP of 24 bits, its first row first. */
export const BMP = bmpOf(RGB);

function bmpOf(rgb: Uint8Array): Uint8Array<ArrayBuffer> {
  const { width, height } = SIZE;
  const stride = 12;
  const bytes = new Uint8Array(54 + height * stride);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, -height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [red = 0, green = 0, blue = 0] = rgb.subarray((y * width + x) * 3);
      bytes.set([blue, green, red], 54 + y * stride + x * 3);
    }
  }
  return bytes;
}

const processor = new BitImageProcessor({ ...DINOV2_PROCESSOR, doResize: false, doCenterCrop: false });

/** The pixels that are read of an image, or of a list; of anything, as from JavaScript. */
export async function pixelsOf(image: unknown, ...others: unknown[]): Promise<Pixels> {
  const { resizeAndCrop } = BitImageProcessor.prototype;
  const call: Promise<{ pixels: Pixels }> = Reflect.apply(resizeAndCrop, processor, [image, ...others]);
  return (await call).pixels;
}
