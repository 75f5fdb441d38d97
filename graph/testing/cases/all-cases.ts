/** Every case, and how one is run. */
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { type Dimension, shapeAt, valuesAt } from '../../../shapes/batch-dimension.ts';
import type { Graph } from '../../ir/graph.ts';
import type { NamedTensors, Program } from '../../record/record.ts';
import { traceProgram } from '../../record/trace-program.ts';
import { ELEMENT_WISE_CASES } from './element-wise-cases.ts';
import { IMAGE_CASES } from './image-cases.ts';
import { type KernelCase, valuesFor } from './kernel-case.ts';
import { PRODUCT_CASES } from './product-cases.ts';
import { REDUCTION_CASES } from './reduction-cases.ts';
import { STRUCTURE_CASES } from './structure-cases.ts';

/** The cases of all files. */
export const ALL_CASES: readonly KernelCase[] = [
  ...ELEMENT_WISE_CASES,
  ...REDUCTION_CASES,
  ...STRUCTURE_CASES,
  ...PRODUCT_CASES,
  ...IMAGE_CASES,
];

/** The program of a case with its outputs by name; a single one is `y`. */
export function programOf({ program }: KernelCase): Program {
  return (inputs) => {
    const result = program(inputs);
    return isTensor(result) ? { y: result } : result;
  };
}

function isTensor(result: Tensor | NamedTensors): result is Tensor {
  return 'dataId' in result && typeof result.dataSync === 'function';
}

/** The graph of a case for batches of any size, or for one. */
export function traceCase(example: KernelCase, batch?: number): Promise<Graph> {
  const shapeOf = (shape: readonly Dimension[]) => (batch === undefined ? shape : shapeAt(shape, batch));
  const inputs = Object.entries(example.inputs).map(([name, { shape, dtype }]) => ({
    name,
    shape: shapeOf(shape),
    dtype,
  }));
  return traceProgram(programOf(example), inputs);
}

/** Inputs of a case for a batch of B, owned by the caller. */
export function feedsOf({ inputs }: KernelCase, B: number): Record<string, Tensor> {
  const entries = Object.entries(inputs).map(([name, input]) => [
    name,
    tensor(valuesFor(input, valuesAt(input.shape, B)), shapeAt(input.shape, B), input.dtype),
  ]);
  return Object.fromEntries(entries);
}

/** What a case gives without being traced, owned by the caller. */
export function eagerly(example: KernelCase, feeds: NamedTensors): Record<string, Tensor> {
  return tidy(() =>
    Object.fromEntries(
      Object.entries(programOf(example)(feeds)).map(([name, value]) => [name, value.clone()]),
    ),
  );
}
