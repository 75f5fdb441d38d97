/** What the command says on stderr, and how text from outside stands in its lines. */
import { unicodeEscape } from '../errors/unicode-escape.ts';

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
    (character) => ESCAPES[character] ?? unicodeEscape(character),
  );
}

/** What lines on stderr begin with. */
export const PREFIX = 'dinov2: ';

let quiet = false;

/** Has errors alone said from now on: `--quiet`. */
export function beQuiet(): void {
  quiet = true;
  // where the library says what it has nobody else to tell
  console.warn = () => undefined;
}

/** Whether errors alone are to be said. */
export function isQuiet(): boolean {
  return quiet;
}

/** Tells the user of an error, in one line. */
export function say(message: string): void {
  process.stderr.write(`${PREFIX}${printable(message)}\n`);
}

/** Tells the user something that is no error, in one line. */
export function note(message: string): void {
  if (!quiet) say(message);
}

const said = new Set<string>();

/** The same once: a source is opened for the model and for its image processor, and an engine looked for before each. */
export function noteOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  note(message);
}
