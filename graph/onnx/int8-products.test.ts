/** Products in 8 bits on ONNX Runtime: in how fine steps the values of a row are rounded. */
import { dispose, eye, type Tensor, type Tensor2D, tensor, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { gelu } from '../../ops/gelu.ts';
import { linear } from '../../ops/linear.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { traceProgram } from '../record/trace-program.ts';
import { openOnnx, RUNTIMES } from '../testing/onnx-runtime.ts';
import { lowerGraph } from './lower-graph.ts';

beforeAll(() => setDevice('cpu'));

const K = 40;
/** Two rows: the largest magnitude of the first is below zero, that of the second above. */
const VALUES = Float32Array.from(
  { length: 2 * K },
  (_, i) => (i < K ? 0.7 : -1) * (((i * 7) % K) / 20 - 1.2),
);

/** A layer before the one in 8 bits, and the steps that its values are rounded in. */
type Case = [string, before: (x: Tensor, plain: Tensor2D) => Tensor, stepOf: (values: number[]) => number];

test.each<Case>([
  ['a 127th of the largest magnitude', (x) => x, (values) => Math.max(...values.map(Math.abs)) / 127],
  ['a 255th of the range after GELU', (x) => gelu(x), (values) => (Math.max(...values) + 0.17) / 255],
  [
    'a 255th of the range after a layer with GELU',
    (x, plain) => linear(x, plain, { activation: 'gelu' }),
    (values) => (Math.max(...values) + 0.17) / 255,
  ],
])('values of each row are rounded to %s', async (_, before, stepOf) => {
  // with ones on the diagonal, each value comes back as it was rounded
  const plain: Tensor2D = eye(K);
  const rounded: Tensor2D = eye(K);
  const names = new Map([
    [plain.dataId, 'head.weight'],
    [rounded.dataId, 'blocks.0.mlp.fc2.weight'],
  ]);
  const layers = (x: Tensor): Tensor => linear(before(x, plain), rounded);
  const x = { name: 'x', shape: [BATCH, K], dtype: 'float32' } as const;
  const graph = await traceProgram(({ x }) => ({ y: layers(x as Tensor) }), [x], names);
  const exact = tidy(() => layers(tensor(VALUES, [2, K])).arraySync() as number[][]);
  const [runtime] = RUNTIMES;
  if (runtime === undefined) throw new Error('no ONNX Runtime');
  const session = await openOnnx(runtime, lowerGraph(graph, { weightType: 'int8' }));
  const outputs = await session.run({ x: { type: 'float32', values: VALUES, shape: [2, K] } });
  await session.release();
  const found = (outputs.y?.arraySync() ?? []) as number[][];
  for (const [row, values] of exact.entries()) {
    const errors = values.map((value, k) => Math.abs(value - (found[row]?.[k] ?? Number.NaN)));
    const steps = Math.max(...errors) / stepOf(values);
    expect(steps).toBeGreaterThan(0.3);
    expect(steps).toBeLessThan(0.501);
  }
  dispose([plain, rounded, outputs]);
});

test('a weight that several products take is written once', async () => {
  const weight: Tensor2D = eye(K);
  const x = { name: 'x', shape: [BATCH, K], dtype: 'float32' } as const;
  const graph = await traceProgram(({ x }) => ({ y: linear(linear(x as Tensor, weight), weight) }), [x]);
  const { tensors } = lowerGraph(graph, { weightType: 'int8' });
  expect(tensors.filter(({ type, shape }) => type === 'uint8' && shape.length === 2)).toHaveLength(1);
  weight.dispose();
});
