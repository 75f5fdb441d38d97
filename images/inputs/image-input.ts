/** Image inputs: the forms in which callers hand in images. */
import { type Bytes, isBuffer } from '../../bytes/bytes-of.ts';
import { isBlob, isUrl, tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { decodeImage } from '../decode-image.ts';
import type { RawImage } from '../raw-image.ts';
import { type AddressOptions, bytesAt } from './address.ts';
import { type DrawnImage, drawnImage, isDrawn } from './drawn-image.ts';
import { type ImageTensor, imageOfTensor, isTensor } from './image-tensor.ts';
import { imageOfPixels, isPixels, type PixelImage } from './pixel-image.ts';
import { isResponse, responseBytes } from './response-bytes.ts';
import { imageOfSharp, isSharp, type SharpImage } from './sharp-image.ts';
import { describeUnusable } from './unusable-image.ts';

/**
 * An encoded file (bytes, a Blob or File, a Response, a URL, in Node a path), decoded pixels, a tensor, or what a page can
 * draw.
 */
export type ImageInput =
  | Bytes
  | Blob
  | Response
  | string
  | URL
  | PixelImage
  | SharpImage
  | { readonly bitmap: PixelImage }
  | ImageTensor
  | DrawnImage;

/** Longer strings are no names for messages. */
const LONGEST_NAME = 200;

/** What messages call an image that its caller has given no name; undefined if it has none of its own. */
export function nameOf(image: ImageInput): string | undefined {
  if (isUrl(image)) return nameOf(image.href);
  if (typeof image === 'string')
    return /^data:/i.test(image) || image.length > LONGEST_NAME ? undefined : image;
  return isBlob(image) && 'name' in image ? String(image.name) : undefined;
}

/**
 * Reads an image, whatever it is.
 *
 * @param image borrowed; a Response is read to its end
 * @returns RGB pixels; alpha is laid on white
 * @throws ImageError if it can't be decoded, or its values are not what they should be; SourceError if it can't be had;
 *   OptionError if it is none of what is taken, saying what to pass instead
 */
export async function readImage(
  image: ImageInput,
  where: string,
  options: AddressOptions,
): Promise<RawImage> {
  if (typeof image === 'string' || isUrl(image)) {
    return decodeImage(await bytesAt(String(image), where, options), where);
  }
  if (isBlob(image) || isEncoded(image)) return decodeImage(image, where);
  if (isResponse(image)) return decodeImage(await responseBytes(image, where), where);
  if (isTensor(image)) return imageOfTensor(image, where);
  if (isSharp(image)) return imageOfSharp(image, where);
  if (isPixels(image)) return imageOfPixels(image, where);
  if (isJimp(image)) return imageOfPixels(image.bitmap, where);
  if (isDrawn(image)) return drawnImage(image, where);
  throw new OptionError(
    `${where}: expected a file's bytes, a Blob, a Response, a URL, a path in Node, {data, width, height, channels}, a tensor or a canvas, got ${describeUnusable(image)}`,
  );
}

/** Whether it has its pixels inside, as an image of jimp has. */
function isJimp(image: unknown): image is { readonly bitmap: PixelImage } {
  return typeof image === 'object' && image !== null && 'bitmap' in image && isPixels(image.bitmap);
}

/** Whether it is memory with the bytes of a file; wider numbers are pixels that have lost their width and height. */
function isEncoded(image: unknown): image is Bytes {
  return isBuffer(image) || ['Uint8Array', 'Uint8ClampedArray', 'DataView'].includes(tagOf(image));
}
