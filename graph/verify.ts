/** Checking that a graph fits together. */
import { TraceError } from '../errors/errors.ts';
import type { Operation, Typed } from '../ops/operation.ts';
import { sameShape, showShape } from '../shapes/batch-dimension.ts';
import { type Graph, valuesOf } from './ir/graph.ts';
import { inferred } from './kernels/kernel.ts';
import { kernelOf } from './kernels/kernels.ts';

/**
 * Infers every operation anew: a pass that leaves a shape as it was, though its inputs have changed, is caught here and
 * not by whoever runs the graph.
 *
 * @throws TraceError if an operation says another shape or dtype than its kernel gives, or takes an input that the graph
 *   does not have
 */
export function verify(graph: Graph): void {
  for (const value of valuesOf(graph)) {
    if (value.kind === 'operation') verifyOperation(value);
    if (value.kind === 'input' && !graph.inputs.includes(value)) {
      throw new TraceError(`verify: expected inputs of the graph alone, got another one, ${value.name}`);
    }
  }
}

function verifyOperation(operation: Operation): void {
  const kernel = kernelOf(operation);
  if (kernel === undefined) {
    throw new TraceError(`verify: expected kernels of graphs alone, got ${operation.kernel}`);
  }
  const expected = inferred(kernel, operation);
  if (operation.dtype !== expected.dtype || !sameShape(operation.shape, expected.shape)) {
    throw new TraceError(
      `verify: ${operation.kernel}: expected ${shown(expected)} of its inputs, got ${shown(operation)}`,
    );
  }
}

function shown({ dtype, shape }: Typed): string {
  return `${dtype} ${showShape(shape)}`;
}
