/** Where in the user's program something happens. */

/** Frames of TF.js, of this room, and of the engine itself. */
const INSIDE = /node_modules[\\/]@tensorflow|[\\/]trace[\\/]|[\\/]ops[\\/]|node:internal|<anonymous>|tf-core/;

/**
 * The innermost call that is neither TF.js's nor the tracer's, as ` at file:line:column`.
 *
 * @returns an empty text where the engine doesn't tell
 */
export function callerOutside(): string {
  const { stack = '' } = new Error();
  const frame = stack
    .split('\n')
    .slice(1)
    .find((line) => !INSIDE.test(line));
  return frame === undefined ? '' : ` ${frame.trim()}`;
}
