/** Many images for `dinov2 embed`, and how many of them its runs have computed. */
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const LEAST_PLACES = 3;

/**
 * Makes a folder of so many images, `000-zero.png` and on.
 *
 * @param digits the folder of the ten
 */
export function linkDigits(digits: string, folder: string, count: number): void {
  mkdirSync(folder, { recursive: true });
  const places = Math.max(LEAST_PLACES, String(count - 1).length);
  for (let i = 0; i < count; i++) {
    const digit = `${DIGITS[i % DIGITS.length]}.png`;
    symlinkSync(join(digits, digit), join(folder, `${String(i).padStart(places, '0')}-${digit}`));
  }
}

/** How many images are computed, by the log that `count-embedded.mjs` keeps: a number for each batch. */
export function computedIn(log: string): number {
  if (!existsSync(log)) return 0;
  return readFileSync(log, 'utf8')
    .split('\n')
    .reduce((sum, line) => sum + Number(line), 0);
}
