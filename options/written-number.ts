/** Numbers on a command line. */

/** The number that a text is; NaN if it is none, as for one without a digit. */
export function writtenNumber(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

/** Numbers with commas between; NaN for each that is none. */
export function writtenNumbers(text: string): number[] {
  return text.split(',').map(writtenNumber);
}
