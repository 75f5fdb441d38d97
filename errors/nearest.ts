/** The name that was meant by a misspelt one. */

/** How many letters have to be put in, taken out or changed to make one text of another. */
function distance(a: string, b: string): number {
  // the distances of what has been read of a from each beginning of b
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    let corner = i;
    let left = i + 1;
    row = row.map((above, j) => {
      if (j === 0) return left;
      left = Math.min(corner + (letter === b[j - 1] ? 0 : 1), above + 1, left + 1);
      corner = above;
      return left;
    });
  }
  return row.at(-1) ?? 0;
}

/** Small letters alone: `hidden_size`, `hidden-size` and `hiddenSize` are one name. */
const letters = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/**
 * The name that a misspelt one comes closest to: the same letters, or at most a third of them other ones.
 *
 * @returns undefined if none is close
 */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = letters(name.slice(0, 100));
  let best: string | undefined;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const each of names) {
    const steps = distance(wanted, letters(each));
    if (steps < least) [best, least] = [each, steps];
  }
  return best;
}
