/** The caller in the user's program, for error messages. */

/** Frames of TF.js, and of the engine itself. */
const FOREIGN = /node_modules[\\/]@tensorflow|node:internal|<anonymous>|tf-core|tfjs-core/;

/** The folder of this file as it stands in frames. webpack can't bundle a `new URL` of an expression and `import.meta.url`. */
const RECORD = decodeURI(new URL(import.meta.url).pathname).replace(/[^/]*$/, '');

/** It, that of the kernels' rows, and that of the ops that call fused kernels. */
const OWN = ['graph/record/', 'graph/kernels/', 'ops/'].map((folder) =>
  RECORD.replace(/graph\/record\/$/, folder),
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
