/** Lists of images, told from images: a pipe may hold the ones or the others. */
import { DOCUMENTS, textOf } from './text-kinds.ts';

const LINE_END = 0x0a;

/**
 * The names or addresses that bytes list: one a line, or with a NUL behind each, as `find -print0` writes them.
 *
 * Of text alone, as names may begin as files do, such as `BMW.jpg`; all formats of images have characters that text has not.
 *
 * @returns undefined if they are a file's: binary, or a text that is taken for an image, such as a page or SVG
 */
export function listedNames(bytes: Uint8Array): string[] | undefined {
  // as PowerShell writes lists on Windows: UTF-16, half of which are NULs
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const hasNuls = !isWide && bytes.includes(0);
  const text = textOf(hasNuls ? bytes.map((byte) => byte || LINE_END) : bytes);
  if (text === undefined || DOCUMENTS.some(({ begins }) => begins.test(text.trimStart()))) return undefined;
  const names = hasNuls ? new TextDecoder().decode(bytes).split('\0') : text.split(/\r?\n/);
  return names.filter((name) => name !== '');
}
