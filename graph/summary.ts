/** The summary of a graph: operations, arithmetic, parameters, memory. */

import { inputOf, type Operation, type Value } from '../ops/operation.ts';
import { valuesAt } from '../shapes/batch-dimension.ts';
import { CONSTANT_ARRAYS } from './ir/constant-values.ts';
import { type Graph, valuesOf } from './ir/graph.ts';
import { callAt } from './kernels/kernel.ts';
import { kernelOf } from './kernels/kernels.ts';

/** The figures of a graph, for a batch of one size. */
export interface GraphSummary {
  /** the size of the batch; one whose size is fixed in the graph is that */
  readonly batch: number;
  /** how many operations there are */
  readonly operations: number;
  /** how many there are of each kernel, most frequent first */
  readonly kernels: Readonly<Record<string, number>>;
  /** floating-point operations of all products, two for a multiplication with its addition */
  readonly flops: number;
  /** how many values the constants have */
  readonly parameters: number;
  /** bytes of these values */
  readonly parameterBytes: number;
  /**
   * bytes of inputs, results and outputs at the moment when most are needed, each freed after its last use; what a kernel
   * needs inside, such as the scores of attention, is not among them
   */
  readonly activationBytes: number;
}

/** Sums up a graph. */
export function summarise(graph: Graph, batch: number): GraphSummary {
  const values = valuesOf(graph);
  const operations = values.filter((value) => value.kind === 'operation');
  const constants = values.filter((value) => value.kind === 'constant');
  const kernels = new Map<string, number>();
  for (const { kernel } of operations) kernels.set(kernel, (kernels.get(kernel) ?? 0) + 1);
  return {
    batch,
    operations: operations.length,
    kernels: Object.fromEntries([...kernels].sort(([, a], [, b]) => b - a)),
    flops: total(operations, (operation) => flopsOf(operation, batch)),
    parameters: total(constants, ({ shape }) => valuesAt(shape, batch)),
    parameterBytes: total(constants, (constant) => bytesOf(constant, batch)),
    activationBytes: activationBytes(graph, values, batch),
  };
}

function total<Each>(list: readonly Each[], of: (each: Each) => number): number {
  return list.reduce((sum, each) => sum + of(each), 0);
}

function bytesOf({ shape, dtype }: Value, batch: number): number {
  return valuesAt(shape, batch) * CONSTANT_ARRAYS[dtype].BYTES_PER_ELEMENT;
}

function flopsOf(operation: Operation, batch: number): number {
  const depth = kernelOf(operation)?.depth?.(callAt(operation, batch)) ?? 0;
  return depth === 0 ? 0 : 2 * depth * valuesAt(operation.shape, batch);
}

/** A reshaped value is the same memory. */
function memoryOf(value: Value): Value {
  let memory = value;
  while (memory.kind === 'operation' && memory.kernel === 'Reshape') memory = inputOf(memory, 'x');
  return memory;
}

function activationBytes(graph: Graph, values: readonly Value[], batch: number): number {
  const lastUse = new Map<Value, Value>();
  for (const value of values) {
    if (value.kind !== 'operation') continue;
    for (const input of Object.values(value.inputs)) lastUse.set(memoryOf(input), value);
  }
  const outputs = new Set([...graph.outputs.values()].map(memoryOf));
  let held = total(graph.inputs, (input) => bytesOf(input, batch));
  let most = held;
  for (const value of values) {
    if (value.kind !== 'operation') continue;
    if (memoryOf(value) === value) held += bytesOf(value, batch);
    most = Math.max(most, held);
    for (const memory of new Set(Object.values(value.inputs).map(memoryOf))) {
      const isFreed = lastUse.get(memory) === value && memory.kind !== 'constant' && !outputs.has(memory);
      if (isFreed) held -= bytesOf(memory, batch);
    }
  }
  return most;
}
