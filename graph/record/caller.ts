/** The caller in the user's program, for error messages. */

/** Frames of TF.js, and of the engine itself. */
const FOREIGN = /node_modules[\\/]@tensorflow|node:internal|<anonymous>|tf-core|tfjs-core/;

/** The folders of this file, of the kernels' rows, and of the ops that call fused kernels, as they stand in frames. */
const OWN = ['.', '../kernels/', '../../ops/'].map((folder) =>
  decodeURI(new URL(folder, import.meta.url).pathname),
);

/** More frames than there are between an op and its kernel; 10 is the usual limit. */
const DEPTH = 50;

/**
 * The innermost call that is neither TF.js's nor the tracer's, as ` at file:line:column`.
 *
 * @returns an empty text where the engine doesn't tell
 */
export function callerOutside(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const frame = stack
    .split('\n')
    .slice(1)
    .find((line) => !FOREIGN.test(line) && !OWN.some((folder) => decoded(line).includes(folder)));
  return frame === undefined ? '' : ` ${frame.trim()}`;
}

function decoded(line: string): string {
  try {
    return decodeURI(line);
  } catch {
    return line;
  }
}
