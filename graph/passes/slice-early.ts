/** Slices of tokens, moved as early as possible. */
import { inputOf, type Operation, type Value } from '../../ops/operation.ts';
import { sameShape, withLength } from '../../shapes/batch-dimension.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { changed } from '../kernels/build.ts';
import { kernelOf } from '../kernels/kernels.ts';
import { sliceAlong } from '../kernels/structure.ts';
import { rewrite } from './rewrite.ts';

/** The axis of the tokens in [B, T, D]. */
const TOKENS = 1;

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
  const { tokenwise, canLimitQueries } = kernelOf(operation) ?? {};
  if (canLimitQueries !== undefined) return begin === 0 && canLimitQueries(operation);
  return tokenwise?.every((name) => isStream(operation, name) || isForAll(operation, name)) === true;
}

/** Whether an input has the tokens of the result, and not one value for all of them. */
function isStream(operation: Operation, name: string): boolean {
  const shape = operation.inputs[name]?.shape ?? [];
  const isSame = shape.length === 3 && shape[TOKENS] !== 1;
  return isSame && kernelOf(operation)?.tokenwise?.includes(name) === true;
}

/** Whether an input is left out, or has one value for all tokens: a matrix may have a row for each, too. */
function isForAll({ inputs }: Operation, name: string): boolean {
  return (inputs[name]?.shape.at(TOKENS - 3) ?? 1) === 1;
}

function narrowed(
  operation: Operation,
  original: Operation,
  { begin, length }: Range,
  ranges: ReadonlyMap<Value, Range>,
): Operation {
  if (kernelOf(operation)?.canLimitQueries !== undefined) {
    return changed(operation, { attributes: { ...operation.attributes, numQueries: length } });
  }
  const inputs = Object.entries(operation.inputs).map(([name, input]) => {
    const isWhole = isStream(original, name) && !ranges.has(inputOf(original, name));
    return [name, isWhole ? sliceAlong(input, TOKENS, begin, length) : input];
  });
  return changed(operation, { inputs: Object.fromEntries(inputs) });
}
