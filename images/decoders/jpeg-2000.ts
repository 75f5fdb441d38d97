/** JPEG 2000 images, decoded by OpenJPEG, as Pillow does. */
import { ImageError } from '../../errors/errors.ts';
import type { Decoded } from './decoded.ts';
import { runDecoder } from './run-decoder.ts';

/** Whether the header of a JP2 file has a palette: a box in a box, both of which the file begins with. */
function hasPalette(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 4096));
  const [before = ''] = head.split('jp2c', 1);
  return before.includes('jp2h') && before.includes('pclr');
}

/**
 * Decodes grey, RGB, sYCC and CMYK of up to 16 bits, with alpha or without, as a JP2 file or as a bare codestream.
 *
 * Pillow finds no orientation in these files.
 *
 * Source: Pillow 13, Jpeg2KDecode.c, Jpeg2KImagePlugin.py.
 *
 * @param bytes a whole file
 * @throws ImageError if it is damaged or truncated, or has a palette or subsampled components
 */
export async function decodeJpeg2000(bytes: Uint8Array, where: string): Promise<Decoded> {
  if (hasPalette(bytes)) {
    throw new ImageError(`${where}: expected JPEG 2000 without a palette, got one with; convert it to PNG`);
  }
  // by itself: the browser build leaves it a file of its own
  const { default: openjpeg } = await import('./generated/openjpeg.ts');
  const { image } = await runDecoder(openjpeg, bytes, 'JPEG 2000', where);
  return { image };
}
