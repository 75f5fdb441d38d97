/**
 * A traced program: values, and the operations that make values of values.
 *
 * A graph is read from its outputs backwards. What no output needs is no part of it, and nothing in it is ever
 * changed: a pass makes a new graph, which shares what it left alone.
 */
import type { Input, Operation, Value } from '../../ops/operation.ts';

/** A traced program. */
export interface Graph {
  /** in the order in which the program takes them */
  readonly inputs: readonly Input[];
  /** in the order in which the program returns them */
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Every value that the outputs need, each after what it is made of. */
export function valuesOf({ outputs }: Graph): Value[] {
  const order = new Set<Value>();
  // a stack of our own: a deep program would overflow that of the engine
  const stack = [...outputs.values()].reverse().map((value) => ({ value, entered: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { value, entered } = top;
    if (order.has(value)) continue;
    if (entered || value.kind !== 'operation') {
      order.add(value);
      continue;
    }
    stack.push({ value, entered: true });
    for (const input of Object.values(value.inputs).reverse()) stack.push({ value: input, entered: false });
  }
  return [...order];
}

/** Every operation that the outputs need, in an order in which they can run. */
export function operationsOf(graph: Graph): Operation[] {
  return valuesOf(graph).filter((value) => value.kind === 'operation');
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
