/** Every rule: a traced program computes what the program does, whatever the batch. */
import { dispose, profile, type Tensor } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { shapeAt } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { ALL_CASES, eagerly, feedsOf, traceCase } from '../testing/cases/all-cases.ts';
import { KERNELS } from './kernels.ts';

const met = new Set<string>();

beforeAll(() => setDevice('cpu'));

/** Names, dtypes, shapes and values, to the last bit. */
function contents(outputs: Readonly<Record<string, Tensor>>): unknown {
  return Object.entries(outputs).map(([name, tensor]) => {
    return [name, tensor.dtype, tensor.shape, tensor.dataSync()];
  });
}

function types(outputs: Readonly<Record<string, Tensor>>): unknown {
  return Object.entries(outputs).map(([name, { dtype, shape }]) => [name, dtype, shape]);
}

/** What the graph says of its outputs. */
function declaredTypes(graph: Graph, B: number): unknown {
  return [...graph.outputs].map(([name, { dtype, shape }]) => [name, dtype, shapeAt(shape, B)]);
}

describe.each(ALL_CASES)('$name', (example) => {
  test.each([1, 2, 5])('in a batch of %d', async (B) => {
    const feeds = feedsOf(example, B);
    let eager: Record<string, Tensor> = {};
    const { kernelNames } = await profile(() => {
      eager = eagerly(example, feeds);
      return [];
    });
    for (const graph of [await traceCase(example), await traceCase(example, B)]) {
      const traced = await evaluate(graph, feeds);
      expect(declaredTypes(graph, B)).toEqual(types(eager));
      expect(contents(traced)).toEqual(contents(eager));
      dispose(traced);
      for (const name of [...kernelNames, ...operationsOf(graph).map(({ kernel }) => kernel)]) met.add(name);
    }
    dispose(eager);
    dispose(feeds);
  });
});

test('no rule is left out above', () => {
  expect([...KERNELS.keys()].filter((name) => !met.has(name))).toEqual([]);
});
