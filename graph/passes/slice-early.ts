/** Tokens that no output needs, left out as early as possible. */
import {
  FUSED_ATTENTION,
  FUSED_GELU,
  FUSED_LAYER_NORM,
  FUSED_LINEAR,
  FUSED_SILU_GATE,
} from '../../ops/kernel-names.ts';
import { sliceAlong, withLength } from '../ir/build.ts';
import { sameShape } from '../ir/dimension.ts';
import { type Graph, inputOf, type Operation, operationsOf, type Value } from '../ir/graph.ts';
import { rewrite } from '../ir/rewrite.ts';

/** The axis of the tokens in [B, T, D]. */
const TOKENS = 1;

/** Kernels that compute every token by itself, and the inputs of which they take the same token. */
const TOKENWISE: Readonly<Record<string, readonly string[]>> = {
  [FUSED_LINEAR]: ['x', 'residual'],
  [FUSED_LAYER_NORM]: ['x'],
  [FUSED_GELU]: ['x'],
  [FUSED_SILU_GATE]: ['x'],
  Add: ['a', 'b'],
  Sub: ['a', 'b'],
  Multiply: ['a', 'b'],
};

/** Some neighbouring tokens. */
interface Range {
  readonly begin: number;
  readonly length: number;
}

/**
 * Computes only those tokens of a value that are used, where all that use it use the same ones.
 *
 * Where CLS after the last block is all that is asked for, the last block's MLP and everything after its attention is
 * computed for CLS alone, and attention for one query.
 */
export function sliceEarly(graph: Graph): Graph {
  const ranges = rangesOf(graph);
  return rewrite(graph, (operation, original) => {
    const range = ranges.get(original);
    if (range !== undefined) return narrowed(operation, original, range, ranges);
    const { x } = original.inputs;
    const isDone = sliceOf(original) !== undefined && x !== undefined && ranges.has(x);
    return isDone ? inputOf(operation, 'x') : operation;
  });
}

/** The operations that are needed for some tokens alone, and which. */
function rangesOf(graph: Graph): Map<Value, Range> {
  const needed = new Map<Value, Range | 'all'>();
  const need = (value: Value, range: Range | 'all'): void => {
    const known = needed.get(value) ?? range;
    needed.set(value, JSON.stringify(known) === JSON.stringify(range) ? range : 'all');
  };
  for (const output of graph.outputs.values()) need(output, 'all');
  const ranges = new Map<Value, Range>();
  // an operation comes after all that use it
  for (const operation of operationsOf(graph).reverse()) {
    const wanted = needed.get(operation) ?? 'all';
    const range = wanted !== 'all' && canNarrow(operation, wanted) ? wanted : undefined;
    if (range !== undefined) ranges.set(operation, range);
    for (const [name, input] of Object.entries(operation.inputs)) {
      const isNarrow = range !== undefined && isStream(operation, name);
      need(input, isNarrow ? range : (sliceOf(operation) ?? 'all'));
    }
  }
  return ranges;
}

/** The tokens that a slice of [B, T, D] takes, where it takes all of the other axes. */
function sliceOf({ kernel, inputs, attributes, shape }: Operation): Range | undefined {
  const { x } = inputs;
  const { begin } = attributes;
  if (kernel !== 'Slice' || x === undefined || shape.length !== 3 || !Array.isArray(begin)) return undefined;
  const length = shape[TOKENS];
  const first: unknown = begin[TOKENS];
  if (typeof first !== 'number' || typeof length !== 'number') return undefined;
  return sameShape(withLength(x.shape, TOKENS, length), shape) ? { begin: first, length } : undefined;
}

/** Whether an operation can be computed for some tokens alone. */
function canNarrow(operation: Operation, { begin }: Range): boolean {
  if (operation.shape.length !== 3) return false;
  if (operation.kernel !== FUSED_ATTENTION) {
    const names = TOKENWISE[operation.kernel] ?? [];
    return names.length > 0 && names.every((name) => isStream(operation, name) || isForAll(operation, name));
  }
  const { mask } = operation.inputs;
  // a mask with a row for each query would have to be cut too
  return begin === 0 && (mask === undefined || mask.shape[2] === 1);
}

/** Whether an input has the tokens of the result, and not one value for all of them. */
function isStream(operation: Operation, name: string): boolean {
  const shape = operation.inputs[name]?.shape ?? [];
  const isSame = shape.length === 3 && shape[TOKENS] !== 1;
  return isSame && TOKENWISE[operation.kernel]?.includes(name) === true;
}

/** Whether an input is left out, or has one value for all tokens: a matrix may have a row for each, too. */
function isForAll({ inputs }: Operation, name: string): boolean {
  const shape = inputs[name]?.shape ?? [];
  return (shape.at(TOKENS - 3) ?? 1) === 1;
}

function narrowed(
  operation: Operation,
  original: Operation,
  { begin, length }: Range,
  ranges: ReadonlyMap<Value, Range>,
): Operation {
  const shape = withLength(operation.shape, TOKENS, length);
  if (operation.kernel === FUSED_ATTENTION) {
    return { ...operation, attributes: { ...operation.attributes, numQueries: length }, shape };
  }
  const inputs = Object.entries(operation.inputs).map(([name, input]) => {
    const isWhole = isStream(original, name) && !ranges.has(inputOf(original, name));
    return [name, isWhole ? sliceAlong(input, TOKENS, begin, length) : input];
  });
  return { ...operation, inputs: Object.fromEntries(inputs), shape };
}
