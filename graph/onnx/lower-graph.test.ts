/** Every kernel in ONNX: ONNX Runtime computes what TF.js computes, whatever the batch. */
import { dispose } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { shapeAt, valuesAt } from '../../shapes/batch-dimension.ts';
import { operationsOf } from '../ir/graph.ts';
import { KERNELS } from '../kernels/kernels.ts';
import { ALL_CASES, eagerly, feedsOf, traceCase } from '../testing/cases/all-cases.ts';
import { type KernelCase, valuesFor } from '../testing/cases/kernel-case.ts';
import { expectClose } from '../testing/expect-close.ts';
import { type OnnxFeed, openOnnx, RUNTIMES } from '../testing/onnx-runtime.ts';
import { lowerGraph } from './lower-graph.ts';

const met = new Set<string>();

beforeAll(() => setDevice('cpu'));

function onnxFeedsOf({ inputs }: KernelCase, B: number): Record<string, OnnxFeed> {
  const entries = Object.entries(inputs).map(([name, input]): [string, OnnxFeed] => {
    const shape = shapeAt(input.shape, B);
    return [name, { type: input.dtype, values: valuesFor(input, valuesAt(input.shape, B)), shape }];
  });
  return Object.fromEntries(entries);
}

describe.each(RUNTIMES)('on $name', (runtime) => {
  test.each(ALL_CASES)('$name', async (example) => {
    const graph = await traceCase(example);
    for (const { kernel } of operationsOf(graph)) met.add(kernel);
    for (const target of ['standard', 'ort'] as const) {
      const session = await openOnnx(runtime, lowerGraph(graph, { target }));
      for (const B of [1, 2, 5]) {
        const feeds = feedsOf(example, B);
        const eager = eagerly(example, feeds);
        const outputs = await session.run(onnxFeedsOf(example, B));
        expectClose(outputs, eager, 2e-6);
        dispose([feeds, eager, outputs].flatMap((tensors) => Object.values(tensors)));
      }
      await session.release();
    }
  });
});

test('no kernel is left out above', () => {
  expect(
    [...KERNELS.values()].flatMap((row) => ('infer' in row && !met.has(row.name) ? row.name : [])),
  ).toEqual([]);
});
