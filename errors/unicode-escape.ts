/** Characters written in characters of ASCII. */

/** A UTF-16 code unit as JSON escapes it: `\u000a`. */
export function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
