/** Decoded pixels, as other libraries and canvases have them. */
import { type Bytes, bytesOf, isBuffer } from '../../bytes/bytes-of.ts';
import { tagOf } from '../../bytes/tag-of.ts';
import { ImageError, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { isObject } from '../../options/json-object.ts';
import { compositeOnWhite, type RawImage, requireSize } from '../raw-image.ts';
import { eightBits, isWide, type PixelRange, type WideValues } from './eight-bits.ts';

/**
 * Pixels, row-major, channels interleaved: a browser's `ImageData`, transformers.js's `RawImage`, what pngjs, jpeg-js and
 * fast-png return, or one's own.
 */
export interface PixelImage {
  /** pixels */
  readonly width: number;
  /** pixels */
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA, alpha not premultiplied; default: as many as there are values for */
  readonly channels?: number;
  /** height · width · channels values; those of wider arrays need a range */
  readonly data: Bytes | WideValues;
  /** what the values go from and to; default [0, 255] for bytes, and none for wider arrays */
  readonly range?: PixelRange;
}

/** Whether a value is pixels with their size, or means to be. */
export function isPixels(value: unknown): value is PixelImage {
  return isObject(value) && 'width' in value && (isBuffer(value.data) || ArrayBuffer.isView(value.data));
}

/**
 * Pixels as RGB of eight bits: grey in all three channels, alpha laid on white.
 *
 * @throws ImageError if the size is none, or values are out of range; OptionError if it can't be told what the values are
 */
export function imageOfPixels(image: PixelImage, where: string): RawImage {
  const { width, height } = image;
  requireSize(width, height, where);
  const values = valuesOf(image.data, where);
  const channels = channelsOf(image, values.length, where);
  requireColours(image, channels, where);
  const data =
    values instanceof Uint8Array ? bytesIn(image, values, where) : eightBits(values, image.range, where);
  if (channels === 3) return { width, height, channels, data };
  return compositeOnWhite({ width, height, data: channels === 4 ? data : rgbaOf(data, channels) });
}

function valuesOf(data: PixelImage['data'], where: string): Uint8Array | WideValues {
  const tag = tagOf(data);
  if (isBuffer(data) || ['Uint8Array', 'Uint8ClampedArray', 'DataView'].includes(tag))
    return bytesOf(data, where);
  if (isWide(data)) return data;
  throw new OptionError(
    `${where}: expected pixels in a Uint8Array, Uint16Array, Float32Array or Float64Array, got a ${tag}`,
  );
}

function channelsOf({ width, height, channels: stated }: PixelImage, values: number, where: string): number {
  const channels = stated ?? values / (width * height);
  if ([1, 2, 3, 4].includes(channels) && values === width * height * channels) return channels;
  const expected = stated === undefined ? '1 to 4 channels' : `${shown(stated)} channels`;
  throw new ImageError(
    `${where}: expected ${width}×${height} pixels of ${expected}, got ${values} values for ${width * height} pixels`,
  );
}

/** Refuses what fast-png leaves to its caller: indices of a palette, and a colour that stands for transparency. */
function requireColours(image: PixelImage, channels: number, where: string): void {
  const isIndexed = channels === 1 && 'palette' in image && Array.isArray(image.palette);
  const isKeyed = 'transparency' in image && ArrayBuffer.isView(image.transparency);
  if (!isIndexed && !isKeyed) return;
  const got = isIndexed ? 'indices of a palette' : 'a colour that stands for transparency';
  throw new OptionError(`${where}: expected pixels that are colours alone, got ${got}; pass the file`);
}

function bytesIn({ range }: PixelImage, bytes: Uint8Array, where: string): Uint8Array {
  if (range === undefined || (range[0] === 0 && range[1] === 255)) return bytes;
  throw new OptionError(`${where}: expected the range of bytes to be [0, 255], got ${shown(range)}`);
}

/** Grey, or grey and alpha, as RGBA. */
function rgbaOf(data: Uint8Array, channels: number): Uint8Array {
  const rgba = new Uint8Array((data.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    rgba.fill(data[from]!, to, to + 3);
    if (channels === 2) rgba[to + 3] = data[from + 1]!;
  }
  return rgba;
}
