/** What a library of others says of a failure, as a part of a message. */

/** The first line, without the full stop at its end. */
export function firstLine(message: string): string {
  return message
    .trim()
    .split('\n', 1)
    .join('')
    .replace(/[.\s]+$/, '');
}
