/** Values in error messages. */

const LONGEST = 200;

/**
 * A value as JSON, short enough for a message.
 *
 * Values come from files: they may be megabytes long, or nested so deeply that writing them out would fail.
 */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value that can not be shown';
  }
  return shortened(text);
}

/** A text that stands in a message as it is, such as a name out of a file, cut where it is too long for one. */
export function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
