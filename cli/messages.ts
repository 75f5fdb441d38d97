/** What the command says on stderr, and how text from outside stands in its lines. */

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Control characters as escapes, so that a file name can neither break a line in two, nor command a terminal, nor turn
 * text around.
 *
 * @param text e.g. a message with a file name in it
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Tells the user something in one line. */
export function say(message: string): void {
  process.stderr.write(`dinov2: ${printable(message)}\n`);
}
