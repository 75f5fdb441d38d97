/** The order of names in which people count: `frame2` before `frame10`. */

/** Digits of the length of a number; no name has numbers longer than that can say. */
const LENGTH = 5;

/**
 * Sorts names by their characters, and numbers in them by what they count, the same on every machine and in every language. Numbers that
 * count the same, as 1 and 01, tell names apart where nothing else does.
 *
 * @param names borrowed
 * @returns the same names, sorted
 */
export function inNaturalOrder(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, key: keyOf(name) }));
  return keyed.sort((a, b) => compared(a.key, b.key) || compared(a.name, b.name)).map(({ name }) => name);
}

/** A text that sorts as a name does: each number has its length before it, and a digit before that, as other characters know it. */
function keyOf(name: string): string {
  return name.replace(/[0-9]+/g, (number) => {
    const digits = number.replace(/^0+(?=.)/, '');
    return `0${String(digits.length).padStart(LENGTH, '0')}${digits}`;
  });
}

function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
