/** Decoding of image files to upright RGB pixels. */
import { type Bytes, bytesOf } from '../bytes/bytes-of.ts';
import { plainArray } from '../bytes/plain-array.ts';
import { isBlob } from '../bytes/tag-of.ts';
import { ImageError } from '../errors/errors.ts';
import type { Decoded } from './decoders/decoded.ts';
import { DIB_HEADERS } from './dib-headers.ts';
import { applyOrientation } from './orientation/apply.ts';
import { orientationOf } from './orientation/orientation.ts';
import { compositeOnWhite, type RawImage } from './raw-image.ts';

type Decoder = (bytes: Uint8Array, where: string) => Decoded | Promise<Decoded>;

/** Whether a file begins with the header of a BMP without the 14 bytes before it, by the sizes Pillow takes for one. */
const isDib = (bytes: Uint8Array): boolean =>
  DIB_HEADERS.some((size) => bytes[0] === size) && textAt(bytes, 1, 3) === '\0\0\0';

/** The formats read, by how their files begin; each decoder is loaded at its first image. */
const FORMATS: readonly {
  name: string;
  begins: (bytes: Uint8Array) => boolean;
  load: () => Promise<Decoder>;
}[] = [
  {
    name: 'JPEG',
    begins: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8,
    load: async () => (await import('./decoders/jpeg.ts')).decodeJpeg,
  },
  {
    name: 'PNG',
    begins: (bytes) => textAt(bytes, 1, 3) === 'PNG' && bytes[0] === 0x89,
    load: async () => (await import('./decoders/png.ts')).decodePng,
  },
  {
    name: 'WebP',
    begins: (bytes) => textAt(bytes, 0, 4) === 'RIFF' && textAt(bytes, 8, 4) === 'WEBP',
    load: async () => (await import('./decoders/webp.ts')).decodeWebp,
  },
  {
    name: 'GIF',
    begins: (bytes) => /^GIF8[79]a$/.test(textAt(bytes, 0, 6)),
    load: async () => (await import('./decoders/gif.ts')).decodeGif,
  },
  {
    name: 'BMP',
    begins: (bytes) => textAt(bytes, 0, 2) === 'BM' || isDib(bytes),
    load: async () => (await import('./decoders/bmp.ts')).decodeBmp,
  },
  {
    name: 'TIFF',
    begins: (bytes) => /^(II[*+]\0|MM\0\*)/.test(textAt(bytes, 0, 4)) && textAt(bytes, 8, 2) !== 'CR',
    load: async () => (await import('./decoders/tiff.ts')).decodeTiff,
  },
  {
    name: 'AVIF',
    begins: (bytes) => /^.{4}ftyp(avi[fs]|m[is]f1.{4}(.{4}){0,12}avi[fs])/s.test(textAt(bytes, 0, 64)),
    load: async () => (await import('./decoders/avif.ts')).decodeAvif,
  },
  {
    name: 'JPEG 2000',
    begins: (bytes) => textAt(bytes, 3, 5) === '\x0cjP  ' || textAt(bytes, 0, 4) === '\xff\x4f\xff\x51',
    load: async () => (await import('./decoders/jpeg-2000.ts')).decodeJpeg2000,
  },
];

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/**
 * Decodes an image: its orientation applied, alpha laid on white, as transformers prepares images for its image
 * processors (`PIL.ImageOps.exif_transpose`, `convert_to_rgb`).
 *
 * @param bytes a whole JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or JPEG 2000 file
 * @param where its name, for error messages
 * @returns RGB pixels, owned by the caller
 * @throws ImageError if the file is of another format, damaged, truncated or absurdly large; OptionError if it is no bytes
 */
export async function decodeImage(bytes: Bytes | Blob, where = 'image'): Promise<RawImage> {
  const given = isBlob(bytes) ? await bytes.arrayBuffer() : bytes;
  // plain bytes: decoders cut them up, and hand them to WebAssembly and to streams
  const data = plainArray(Uint8Array, bytesOf(given, where));
  const format = FORMATS.find(({ begins }) => begins(data));
  if (format === undefined) {
    const names = FORMATS.map(({ name }) => name).join(', ');
    const { name, remedy } = (await import('./known-formats.ts')).nameFormat(data);
    throw new ImageError(`${where}: expected an image in one of ${names}, got ${name}; ${remedy}`);
  }
  const decode = await format.load();
  const { image, metadata = {} } = await decode(data, where);
  return applyOrientation('channels' in image ? image : compositeOnWhite(image), orientationOf(metadata));
}
