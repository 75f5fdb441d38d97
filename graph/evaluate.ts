/** Evaluating a graph: its operations as kernels of TF.js, run one after the other, which is what it means. */
import {
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { OptionError } from '../errors/errors.ts';
import type { Operation, Value } from '../ops/operation.ts';
import { batchOf, showShape } from '../shapes/batch-dimension.ts';
import { type Graph, valuesOf } from './ir/graph.ts';
import { attributesAt } from './kernels/kernel.ts';
import { kernelOf } from './kernels/kernels.ts';

/**
 * Runs a graph on TF.js's current backend; slower than the program it was traced from, as every value is kept to the end.
 *
 * @param feeds a tensor for each input by name; borrowed
 * @returns the outputs by name, owned by the caller
 * @throws OptionError if a tensor is missing, or has not the dtype or the shape that its input says, or another batch than
 *   the others
 */
export async function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const B = batchSize(graph, feeds);
  const values = valuesOf(graph);
  const constants = new Map<Value, Tensor>();
  try {
    for (const value of values) {
      if (value.kind === 'constant') {
        constants.set(value, tensor(await value.read(), [...value.shape], value.dtype));
      }
    }
    return tidy(() => {
      const known = new Map<Value, Tensor>(constants);
      for (const input of graph.inputs) known.set(input, feeds[input.name] as Tensor);
      for (const value of values) {
        if (value.kind !== 'operation') continue;
        const inputs = Object.entries(value.inputs).map(([name, input]) => [
          name,
          known.get(input) as Tensor,
        ]);
        known.set(value, run(value, Object.fromEntries(inputs) as NamedTensorMap, B));
      }
      return Object.fromEntries(
        [...graph.outputs].map(([name, value]) => [name, (known.get(value) as Tensor).clone()]),
      );
    });
  } finally {
    for (const constant of constants.values()) constant.dispose();
  }
}

/** The batch that the inputs have; 1 where no length tells. */
function batchSize(graph: Graph, feeds: Readonly<Record<string, Tensor>>): number {
  const batches = new Set<number>();
  for (const { name, shape, dtype } of graph.inputs) {
    const feed = feeds[name];
    if (feed?.dtype !== dtype || feed.shape.length !== shape.length) {
      const got = feed === undefined ? 'nothing' : `${feed.dtype} ${showShape(feed.shape)}`;
      throw new OptionError(`${name}: expected ${dtype} ${showShape(shape)}, got ${got}`);
    }
    for (const [axis, dimension] of shape.entries()) {
      const B = batchOf(dimension, feed.shape[axis]!, `${name}, axis ${axis}`);
      if (B !== undefined) batches.add(B);
    }
  }
  const [B = 1] = batches;
  if (batches.size > 1) {
    throw new OptionError(
      `evaluate: expected inputs of one batch, got batches of ${[...batches].join(' and ')}`,
    );
  }
  return B;
}

function run(operation: Operation, inputs: NamedTensorMap, B: number): Tensor {
  const attrs = attributesAt(operation.attributes, B) as NamedAttrMap;
  const kernel = kernelOf(operation);
  if (kernel?.run !== undefined) return kernel.run(inputs, attrs);
  return engine().runKernel(operation.kernel, listed(inputs), kernel?.toTfjs?.(attrs) ?? attrs);
}

/** Kernels that take a list find it under `0`, `1`, … */
function listed(inputs: NamedTensorMap): NamedTensorMap {
  return '0' in inputs ? (Object.values(inputs) as unknown as NamedTensorMap) : inputs;
}
