/**
 * Metadata of a PNG that may name its orientation: `eXIf`, and texts under the names that programs use.
 *
 * Source: Pillow 13, `PngImagePlugin.py`, `PngStream`; `Image.py`, `Image.getexif`.
 */
import type { Metadata } from '../../orientation/orientation.ts';
import type { PngChunk } from './chunks.ts';
import { inflateText } from './inflate-text.ts';

const XMP = 'XML:com.adobe.xmp';
/** Where ImageMagick and ExifTool put EXIF data before PNG had a chunk for it: a count and hexadecimal digits. */
const RAW_PROFILE = 'Raw profile type exif';
const NAMES = new Set([XMP, RAW_PROFILE, 'exif']);

const NEW_LINE = 0x0a;

/** No EXIF data that can be read, which is not the same as none. */
const UNREADABLE = Uint8Array.of(0);

/**
 * The blocks that Pillow goes by; of several of a kind the last, before or after the pixels.
 *
 * @param chunks those that hold no pixels, in their order, up to the second frame of an animation
 * @throws RangeError if a compressed text is longer than Pillow reads
 */
export async function pngMetadata(chunks: Iterable<Pick<PngChunk, 'type' | 'data'>>): Promise<Metadata> {
  const texts = new Map<string, Uint8Array>();
  let exif: Uint8Array | undefined;
  for (const { type, data } of chunks) {
    if (type === 'eXIf') exif = data;
    const text = await textOf(type, data);
    if (text === undefined) continue;
    if (text.name === 'exif') exif = type === 'tEXt' ? text.value : UNREADABLE;
    else texts.set(text.name, text.value);
  }
  const profile = texts.get(RAW_PROFILE);
  return { exif: exif ?? (profile && unhexed(profile)), xmp: texts.get(XMP) };
}

async function textOf(type: string, data: Uint8Array) {
  if (type !== 'tEXt' && type !== 'zTXt' && type !== 'iTXt') return undefined;
  const [head, rest] = splitAtZero(data);
  const name = String.fromCharCode(...head.subarray(0, RAW_PROFILE.length + 1));
  if (!NAMES.has(name)) return undefined;
  const value = await VALUE_OF[type](rest);
  return value && { name, value };
}

const VALUE_OF = {
  tEXt: (data: Uint8Array) => data,
  zTXt: async (data: Uint8Array) => (await inflateText(data.subarray(1))) ?? new Uint8Array(),
  iTXt: international,
};

/** The text of an `iTXt` chunk: after two bytes about compression, a language and a translation of the name. */
async function international(data: Uint8Array): Promise<Uint8Array | undefined> {
  const [compressed, method] = data;
  const value = splitAtZero(splitAtZero(data.subarray(2))[1])[1];
  if (compressed === 0) return value;
  return method === 0 ? inflateText(value) : undefined;
}

function splitAtZero(data: Uint8Array): [Uint8Array, Uint8Array] {
  const zero = data.indexOf(0);
  return zero < 0 ? [data, new Uint8Array()] : [data.subarray(0, zero), data.subarray(zero + 1)];
}

/** The bytes of a raw profile: an empty line, its name and its length, then hexadecimal digits in lines. */
function unhexed(profile: Uint8Array): Uint8Array {
  let start = 0;
  for (let line = 0; line < 3; line++) start = profile.indexOf(NEW_LINE, start) + 1 || profile.length;
  const digits = new TextDecoder('latin1').decode(profile.subarray(start)).replace(/\s+/g, '');
  if (digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) return UNREADABLE;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
