/** Images of sharp, as its `toBuffer({ resolveWithObject: true })` gives them. */
import { tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { isObject } from '../../options/json-object.ts';
import { decodeImage } from '../decode-image.ts';
import type { RawImage } from '../raw-image.ts';
import { imageOfPixels, type PixelImage } from './pixel-image.ts';

/** Pixels of `raw()`, or an encoded file, and what sharp says of them. */
export interface SharpImage {
  readonly data: PixelImage['data'];
  readonly info: Pick<PixelImage, 'width' | 'height' | 'channels' | 'range'> & {
    /** `raw` for pixels, and otherwise the format that the data is encoded in */
    readonly format?: string;
    readonly premultiplied?: boolean;
    /** what a value is, `uchar` by default */
    readonly depth?: string;
  };
}

/** Whether a value is that. */
export function isSharp(value: unknown): value is SharpImage {
  return isObject(value) && 'data' in value && isObject(value.info) && 'width' in value.info;
}

/**
 * The image, decoded where it is encoded.
 *
 * @throws what `decodeImage` and `imageOfPixels` throw; OptionError if its alpha is premultiplied, or its values are wider than a byte
 */
export async function imageOfSharp({ data, info }: SharpImage, where: string): Promise<RawImage> {
  const { format = 'raw', premultiplied = false, depth = 'uchar', ...size } = info;
  if (format !== 'raw') return decodeImage(data, where);
  if (premultiplied) {
    throw new OptionError(`${where}: expected alpha that is not premultiplied, got premultiplied pixels`);
  }
  if (depth !== 'uchar' && tagOf(data) === 'Uint8Array') {
    throw new OptionError(
      `${where}: expected pixels of one byte for each value, got sharp's depth ${shown(depth)}; leave it out of raw()`,
    );
  }
  return imageOfPixels({ ...size, data }, where);
}
