/** Common subexpressions, computed once. */

import type { Operation, Value } from '../../ops/operation.ts';
import { attributeKey } from '../ir/attribute-key.ts';
import type { Graph } from '../ir/graph.ts';
import { rewrite } from './rewrite.ts';

/** Makes operations of the same kernel on the same values with the same attributes one. */
export function shareCommon(graph: Graph): Graph {
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value): number => {
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  };
  const first = new Map<string, Operation>();
  return rewrite(graph, (operation) => {
    const inputs = Object.entries(operation.inputs).map(([name, value]) => `${name}:${numberOf(value)}`);
    const key = `${operation.kernel}(${inputs.join()})${attributeKey(operation.attributes)}${operation.dtype}`;
    const known = first.get(key);
    if (known !== undefined) return known;
    first.set(key, operation);
    return operation;
  });
}
