/** Finding the name that somebody meant who wrote another one. */

/** Of three letters one may be wrong. */
const LETTERS_FOR_A_SLIP = 3;

/** Number formats as PyTorch, transformers.js and others call them. */
const FORMATS: ReadonlyMap<string, string> = new Map([
  ['fp32', 'f32'],
  ['float32', 'f32'],
  ['float', 'f32'],
  ['fp16', 'f16'],
  ['float16', 'f16'],
  ['half', 'f16'],
  ['bfloat16', 'bf16'],
  ['int8', 'i8'],
  ['uint8', 'i8'],
  ['q8', 'i8'],
]);

/**
 * The name that a word was probably meant to be.
 *
 * @returns undefined if none is close to it, or if several are as close
 */
export function closest(word: string, names: readonly string[]): string | undefined {
  const written = word.toLowerCase();
  const format = FORMATS.get(written);
  if (format !== undefined && names.includes(format)) return format;
  const found = names
    .map((name) => ({ name, slips: slipsBetween(written, name.toLowerCase()) }))
    .filter(({ name, slips }) => slips <= Math.max(name.length, word.length) / LETTERS_FOR_A_SLIP)
    .sort((a, b) => a.slips - b.slips);
  const [best, next] = found;
  return best !== undefined && best.slips !== next?.slips ? best.name : undefined;
}

/**
 * How many letters are missing, too many, wrong, or two of them the wrong way round: the distance of optimal string
 * alignment.
 */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const wrong = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const [left = 0, above = 0, across = 0, twice = 0] = [row[j - 1], last[j], last[j - 1], before[j - 2]];
      row[j] = Math.min(left + 1, above + 1, across + wrong, swapped ? twice + 1 : Number.POSITIVE_INFINITY);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
