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
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
