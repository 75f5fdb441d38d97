/** Tracing a program of one input, and comparing what graphs compute. */
import { dispose, ones, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { type Dimension, shapeAt, valuesAt } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import type { Program } from '../record/record.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectClose } from './expect-close.ts';

/** A program of x, with the result as `y`. */
export function programOf(run: (x: Tensor) => Tensor): Program {
  return ({ x }) => ({ y: run(x as Tensor) });
}

/** The graph of a program of x, float32, with the result as `y`. */
export function traceOf(shape: readonly Dimension[], run: (x: Tensor) => Tensor): Promise<Graph> {
  return traceProgram(programOf(run), [{ name: 'x', shape, dtype: 'float32' }]);
}

/** The values of `y` for x of ones, [2, 3]. */
export async function valuesOnOnes(graph: Graph): Promise<number[]> {
  const x = ones([2, 3]);
  const { y } = await evaluate(graph, { x });
  const values = [...(y?.dataSync() ?? [])];
  dispose([x, y as Tensor]);
  return values;
}

/** The kernels of a graph, in the order in which they run. */
export function kernelsOf(graph: Graph): string[] {
  return operationsOf(graph).map(({ kernel }) => kernel);
}

/** Expects two graphs to compute the same of noise, for a batch of 3, to within `tolerance` of each value or of 1. */
export async function expectEquivalent(changed: Graph, graph: Graph, tolerance = 1e-5): Promise<void> {
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape, dtype }, seed) => {
      const values = Array.from({ length: valuesAt(shape, 3) }, (_, i) => Math.sin(7 * i + seed));
      return [name, tensor(dtype === 'bool' ? values.map((v) => v > 0) : values, shapeAt(shape, 3), dtype)];
    }),
  );
  const [actual, reference] = [await evaluate(changed, feeds), await evaluate(graph, feeds)];
  expectClose(actual, reference, tolerance);
  for (const tensors of [feeds, actual, reference]) dispose(tensors);
}
