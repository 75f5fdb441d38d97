/** Names of texts that are taken for images: pages, pointers, error messages. */
import { FETCH_BY_LFS, LFS_POINTER } from '../errors/lfs-pointer.ts';
import { shown } from '../errors/shown.ts';

/** What a file is, and what to do about it. */
export interface KnownFormat {
  /** as it stands after "got" */
  readonly name: string;
  readonly remedy: string;
}

/** What a file is that begins in a certain way. */
export interface Signature extends KnownFormat {
  /** a pattern over the beginning: of a text without the white space before it, of other files with a character for each byte */
  readonly begins: RegExp;
}

const DECODE = 'decode it to bytes first';

/** Texts that are a file each, and list nothing. */
export const DOCUMENTS: readonly Signature[] = [
  { name: 'a Git LFS pointer', begins: LFS_POINTER, remedy: FETCH_BY_LFS },
  {
    name: 'an HTML page',
    begins: /^(<!--.*?-->\s*)*<(!doctype html|html|head|body|script|meta|title|div)\b/is,
    remedy: 'it may be an error or a log-in page; fetch the address of the image itself',
  },
  {
    name: 'SVG',
    begins: /^(<\?xml.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<(\w+:)?svg\b/is,
    remedy: 'render it to PNG in the size you need',
  },
  {
    name: 'XML',
    begins: /^<(\?xml|\w+[\s>])/i,
    remedy: 'it may be a message of a server; fetch the image itself',
  },
  { name: 'an image in base64', begins: /^(\/9j\/|iVBORw0KGgo|R0lGOD|UklGR)/, remedy: DECODE },
];

/** The first that fits names the text. */
const KINDS: readonly Signature[] = [
  ...DOCUMENTS,
  {
    name: 'JSON',
    begins: /^(\{\s*["}]|\[\s*["{[\d\]])/,
    remedy: 'it may be a message of a server; fetch the image itself',
  },
  { name: 'a data: URI', begins: /^data:/i, remedy: DECODE },
  { name: 'an address', begins: /^https?:\/\//i, remedy: 'fetch what it points to' },
];

/**
 * Says what a text is.
 *
 * @param bytes a whole file
 * @returns undefined if it is no text in UTF-8 or UTF-16
 */
export function describeText(bytes: Uint8Array): KnownFormat | undefined {
  const text = textOf(bytes.subarray(0, 1024))?.trimStart();
  if (text === undefined) return undefined;
  const unknown = { name: `text that begins with ${shown(text.slice(0, 40))}`, remedy: 'pass an image' };
  return KINDS.find(({ begins }) => begins.test(text)) ?? unknown;
}

/** The text that bytes are; undefined if they are none in UTF-8 or UTF-16, or have control characters that no text has. */
export function textOf(bytes: Uint8Array): string | undefined {
  const order = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    // a character that the limit cut in two is no fault
    const text = new TextDecoder(order, { fatal: true }).decode(bytes, { stream: true });
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
