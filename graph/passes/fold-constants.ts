/** Constant folding. */
import type { Constant, ConstantValues, Operation, Value } from '../../ops/operation.ts';
import { areFixed } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { constantValues } from '../ir/constant-values.ts';
import type { Graph } from '../ir/graph.ts';
import { rewrite } from './rewrite.ts';

/**
 * Replaces operations on constants by constants.
 *
 * They are computed when they are read, on TF.js's current backend, and not kept: the weights that layer scale is
 * folded into are never in memory all at once.
 */
export function foldConstants(graph: Graph): Graph {
  return rewrite(graph, (operation) => {
    const inputs = Object.values(operation.inputs);
    return inputs.every(isConstant) && areFixed(operation.shape) ? folded(operation, inputs) : operation;
  });
}

function isConstant(value: Value): value is Constant {
  return value.kind === 'constant';
}

function folded(operation: Operation, inputs: readonly Constant[]): Constant {
  const { shape, dtype } = operation;
  const [name] = inputs.flatMap((input) => input.name ?? []);
  const read = () => valuesOf(operation);
  return { kind: 'constant', shape: shape.map(Number), dtype, name, read };
}

async function valuesOf(operation: Operation): Promise<ConstantValues> {
  const { value } = await evaluate({ inputs: [], outputs: new Map([['value', operation]]) }, {});
  if (value === undefined) throw new Error('internal: nothing was computed');
  try {
    return constantValues(await value.data(), operation.dtype);
  } finally {
    value.dispose();
  }
}
