/** Images as PNG files, of which an image has the same bytes on every platform. */
import { crc32 } from '../bytes/crc32.ts';
import { joined } from '../bytes/joined.ts';
import { ImageError } from '../errors/errors.ts';
import { isObject } from '../options/json-object.ts';
import { type OptionsOf, readOptions, value } from '../options/rows.ts';
import { PngRowFilters } from './png-row-filters.ts';
import { type RawImage, type RgbaImage, requireSize } from './raw-image.ts';
import type { ImageSize } from './target-size.ts';

/** What every file begins with. */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10);

/** What PNG takes in a note. */
const LATIN = /^[\x20-\x7e\xa1-\xff\n]*$/;

/** How PNG wants what a note is called: without spaces at an end or side by side. */
const KEYWORD = /^(?=.{1,79}$)[^ ]+( [^ ]+)*$/;

/** What else is in a file. */
export const ENCODE_PNG_OPTIONS = {
  /** notes by their keywords, such as `Software`, in the letters of Latin-1; default none */
  text: value<Readonly<Record<string, string>>>({
    accepts: (given) =>
      isObject(given) &&
      Object.entries(given).every(
        ([keyword, text]) => KEYWORD.test(keyword) && typeof text === 'string' && LATIN.test(keyword + text),
      ),
    refusal: ': expected texts by keywords of 1 to 79 letters without needless spaces, in Latin-1',
  }),
};

/** What else is in a file. */
export interface EncodePngOptions extends OptionsOf<typeof ENCODE_PNG_OPTIONS> {}

/** How PNG numbers its kinds of pixels. */
const COLOUR_TYPES = { 3: 2, 4: 6 } as const;

/** Bytes of a block of the file. */
const BLOCK = 1 << 16;

/** zlib's: of photographs, half the time of its default, 6, for two percent more bytes. */
const LEVEL = 4;

/**
 * A chunk with its length and checksum.
 *
 * @param type four letters
 * @param checksum one to write in place of the right one
 */
export function pngChunk(type: string, data: Uint8Array = new Uint8Array(), checksum?: number): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, checksum ?? crc32(chunk.subarray(4, -4)));
  return chunk;
}

/**
 * The bytes of a PNG file of 8 bits a channel, of RGB or RGBA.
 *
 * Source: PNG (W3C Recommendation, third edition).
 *
 * @param image borrowed
 * @throws ImageError if there are not as many values as the size says; OptionError
 */
export async function encodePng(
  image: RawImage | RgbaImage,
  options: EncodePngOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = image;
  const channels = 'channels' in image ? image.channels : 4;
  const parts: Uint8Array[] = [];
  for await (const part of encodePngRows({ width, height }, [data], channels, options)) parts.push(part);
  return joined(parts);
}

/**
 * The same file in pieces, of rows as they come: for images larger than memory.
 *
 * @param size of the whole image
 * @param bands one row or several each, [h, W, channels]; none may change before the next but one is asked for
 * @param channels 3 for RGB, 4 for RGBA
 * @throws ImageError if there are more or fewer rows than the size says, or parts of a row; OptionError
 */
export async function* encodePngRows(
  { width, height }: ImageSize,
  bands: Iterable<Uint8Array | Uint8ClampedArray> | AsyncIterable<Uint8Array | Uint8ClampedArray>,
  channels: 3 | 4 = 3,
  options: EncodePngOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { text = {} } = readOptions('encodePng', options, ENCODE_PNG_OPTIONS);
  requireSize(width, height, 'encodePng');
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, COLOUR_TYPES[channels]], 8);
  const notes = Object.entries(text).map((words) => pngChunk('tEXt', latinBytes(words.join('\0'))));
  yield joined([PNG_SIGNATURE, pngChunk('IHDR', header), ...notes]);
  const { ZStream, zlibDeflate, zlibDeflateInit, Z_FINISH, Z_NO_FLUSH, Z_STREAM_END } = await import('pako');
  const stream = new ZStream();
  zlibDeflateInit(stream, LEVEL);
  const flush = (): Uint8Array => {
    const block = stream.output.subarray(0, stream.next_out);
    [stream.next_out, stream.avail_out] = [0, BLOCK];
    return pngChunk('IDAT', block);
  };
  stream.output = new Uint8Array(BLOCK);
  stream.avail_out = BLOCK;
  const stride = channels * width;
  const filters = new PngRowFilters(stride, channels);
  let rows = 0;
  for await (const band of bands) {
    requireRows(band.length / stride, height - rows);
    // a row at a time, however they come, so that the bytes don't depend on it
    for (let start = 0; start < band.length; start += stride, rows++) {
      stream.input = filters.filter(new Uint8Array(band.buffer, band.byteOffset + start, stride));
      [stream.next_in, stream.avail_in] = [0, stride + 1];
      while (stream.avail_in > 0) {
        zlibDeflate(stream, Z_NO_FLUSH);
        if (stream.avail_out === 0) yield flush();
      }
    }
  }
  if (rows < height) throw new ImageError(`encodePng: expected ${height} rows, got ${rows}`);
  while (zlibDeflate(stream, Z_FINISH) !== Z_STREAM_END) yield flush();
  yield joined([flush(), pngChunk('IEND')]);
}

function latinBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function requireRows(given: number, most: number): void {
  if (Number.isInteger(given) && given <= most) return;
  throw new ImageError(`encodePng: expected at most ${most} whole rows more, got ${given} rows`);
}
