/** Orders of tensor names. */

/** Compares texts by code points, as Python and Rust do; JavaScript's own order differs above U+FFFF. */
export function compareText(a: string, b: string): number {
  const left = Array.from(a, (character) => character.codePointAt(0)!);
  const right = Array.from(b, (character) => character.codePointAt(0)!);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** A part of a name between two dots: a number alone, or text and the number it ends in. */
type Part = readonly [isText: number, text: string, number: number];

function parts(name: string): Part[] {
  return name.split('.').map((part) => {
    if (/^\d+$/.test(part)) return [0, '', Number(part)];
    const text = part.replace(/\d+$/, '');
    return [1, text, text === part ? -1 : Number(part.slice(text.length))];
  });
}

/**
 * Compares names between dots, numbers as numbers: block 2 comes before block 11.
 *
 * Source: transformers 5.23.0, `core_model_loading.py`, `dot_natural_key`.
 */
export function compareNames(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const [i, [isText, text, number]] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const difference = isText - other[0] || compareText(text, other[1]) || number - other[2];
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
