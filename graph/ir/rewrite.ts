/** Making a new graph of a graph, value by value. */
import { type Graph, type Operation, type Value, valuesOf } from './graph.ts';

/**
 * What becomes of an operation whose inputs have already been rewritten.
 *
 * @param operation with the inputs as they are now
 * @param original with the inputs as they were, which are those that `countUses` knows
 * @returns the operation itself if nothing is to change
 */
export type Rule = (operation: Operation, original: Operation) => Value;

/**
 * Applies a rule to every operation, each after what it is made of.
 *
 * An operation whose inputs stay as they are stays the same object, so that a graph to which nothing applies stays the
 * same graph.
 */
export function rewrite(graph: Graph, rule: Rule): Graph {
  const done = new Map<Value, Value>();
  const rewritten = (value: Value): Value => done.get(value) ?? value;
  let changed = false;
  for (const value of valuesOf(graph)) {
    if (value.kind !== 'operation') continue;
    const result = rule(withInputs(value, rewritten), value);
    if (result !== value) changed = true;
    done.set(value, result);
  }
  if (!changed) return graph;
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

/** How many operations and outputs take each value. */
export function countUses(graph: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const add = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const value of valuesOf(graph)) {
    if (value.kind === 'operation') Object.values(value.inputs).forEach(add);
  }
  for (const value of graph.outputs.values()) add(value);
  return uses;
}
