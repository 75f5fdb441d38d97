/** Operations as passes put them together. */
import type { Attributes, Operation, Value } from '../../ops/operation.ts';
import { operation as applied } from './kernel.ts';
import { kernelOf } from './kernels.ts';

/**
 * The kernel of a name applied to values; its shape and dtype are inferred.
 *
 * @throws TraceError if the values don't fit each other
 */
export function operation(
  kernel: string,
  inputs: Readonly<Record<string, Value>>,
  attributes: Attributes = {},
): Operation {
  const row = kernelOf({ kernel });
  if (row === undefined) throw new Error(`internal: no kernel ${kernel} in graphs`);
  return applied(row, inputs, attributes);
}

/** An operation with other inputs or attributes. */
export function changed(
  { kernel, inputs, attributes }: Operation,
  parts: Partial<Pick<Operation, 'inputs' | 'attributes'>>,
): Operation {
  return operation(kernel, parts.inputs ?? inputs, parts.attributes ?? attributes);
}

/** Two values side by side, each stretched to the other's shape. */
export function pair(kernel: string, a: Value, b: Value): Operation {
  return operation(kernel, { a, b });
}
