/** Tracing programs. */
import type { DataId } from '@tensorflow/tfjs-core';
import type { Input } from '../../ops/operation.ts';
import { areFixed, shapeAt } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { BATCHES } from '../kernels/kernel.ts';
import { BorrowedConstants } from './borrowed-constants.ts';
import { generalise, type Recording } from './generalise.ts';
import { type Program, record } from './record.ts';

/** What a program takes: lengths may grow with the batch. */
export type ProgramInput = Omit<Input, 'kind'>;

/**
 * Records a program; if a length of its inputs grows with the batch, the graph is one for every batch.
 *
 * @param names names of tensors that the program uses, by their data
 * @throws TraceError if the program can't be traced; what the program throws
 */
export async function traceProgram(
  program: Program,
  inputs: readonly ProgramInput[],
  names: ReadonlyMap<DataId, string> = new Map(),
): Promise<Graph> {
  const borrowed = new BorrowedConstants(names);
  const at = (batch: number): Recording => {
    const examples = inputs.map((input) => ({ ...input, shape: shapeAt(input.shape, batch) }));
    return { batch, graph: record(program, examples, borrowed) };
  };
  if (inputs.every(({ shape }) => areFixed(shape))) return at(1).graph;
  const [first, second] = BATCHES;
  return generalise(at(first), at(second));
}
