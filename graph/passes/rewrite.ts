/** Rewriting graphs, value by value. */

import type { Operation, Value } from '../../ops/operation.ts';
import { type Graph, valuesOf } from '../ir/graph.ts';
import { changed } from '../kernels/build.ts';

/**
 * What becomes of an operation whose inputs have already been rewritten.
 *
 * @param operation with the inputs as they are now, and the shape that it had
 * @param original with the inputs as they were, which are those that `countUses` knows
 * @returns the operation itself if nothing is to change
 */
export type Rule = (operation: Operation, original: Operation) => Value;

/**
 * Applies a rule to every operation, each after what it is made of; shapes follow.
 *
 * An operation whose inputs stay as they are stays the same object, so that a graph to which nothing applies stays the
 * same graph.
 */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const done = new Map<Value, Value>();
  const rewritten = (value: Value): Value => done.get(value) ?? value;
  let isChanged = false;
  for (const value of valuesOf(graph)) {
    if (value.kind !== 'operation') continue;
    const given = withInputs(value, rewritten);
    const ruled = rule(given, value);
    // what it is applied to may have another shape now
    const result = ruled === given && given !== value ? changed(given, {}) : ruled;
    if (result !== value) isChanged = true;
    done.set(value, result);
  }
  if (!isChanged) return graph;
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, rewritten(value)]));
  return { inputs: graph.inputs, outputs };
}

function withInputs(operation: Operation, rewritten: (value: Value) => Value): Operation {
  const entries = Object.entries(operation.inputs);
  if (entries.every(([, value]) => rewritten(value) === value)) return operation;
  return {
    ...operation,
    inputs: Object.fromEntries(entries.map(([name, value]) => [name, rewritten(value)])),
  };
}
