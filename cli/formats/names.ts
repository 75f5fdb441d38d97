/** The list of names beside a file that has no room for them. */
import { unicodeEscape } from '../../errors/unicode-escape.ts';

/** What ends a line for some reader or other, and what begins a name that is written otherwise. */
const UNUSUAL = /[\p{Cc}\u2028\u2029]|^"/u;

/**
 * A name as one line, without its line end: as it is; one with control characters or line separators, or that begins with a
 * quotation mark, as a JSON string. So a line that begins with `"` is JSON, and any other a name.
 */
export function nameLine(name: string): string {
  if (!UNUSUAL.test(name)) return name;
  return JSON.stringify(name).replace(/[\x7f-\x9f\u2028\u2029]/g, (character) => unicodeEscape(character));
}
