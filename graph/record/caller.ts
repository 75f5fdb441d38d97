/** The caller in the user's program, for error messages. */

/** Frames of TF.js, and of the engine itself. */
const FOREIGN = /node_modules[\\/]@tensorflow|node:internal|<anonymous>|tf-core|tfjs-core/;

/** What stands in the frame of this file before its folder. Bundlers differ in what `import.meta.url` is; frames tell. */
const ROOT = /[^\s(@]*(?=graph[\\/]record[\\/]caller\.)/;

/** The folder of this file, that of the kernels' rows, and that of the ops that call fused kernels. */
const OWN = ['graph/record/', 'graph/kernels/', 'ops/'];

/** More frames than there are between an op and its kernel; 10 is the usual limit. */
const DEPTH = 50;

/**
 * The innermost call that is neither TF.js's nor the tracer's, as ` at file:line:column`.
 *
 * @returns an empty text where the engine doesn't tell, and in bundles, where the tracer and the user's program are one file
 */
export function callerOutside(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = limit;
  const root = ROOT.exec(stack)?.[0];
  if (root === undefined) return '';
  const frame = stack
    .split('\n')
    .slice(1)
    .find((line) => !FOREIGN.test(line) && !OWN.some((folder) => line.includes(root + folder)));
  return frame === undefined ? '' : ` ${frame.trim()}`;
}
