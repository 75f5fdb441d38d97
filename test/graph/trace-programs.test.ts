/** Tracing programs of one's own: what becomes of them, and what can't be traced. */
import {
  add,
  concat,
  dispose,
  matMul,
  mean,
  mul,
  relu,
  scalar,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor1d,
  topk,
  unique,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, ShapeError, TraceError } from '../../errors/errors.ts';
import type { NamedTensors } from '../../graph/record/record.ts';
import { type Example, trace } from '../../graph/tracing/trace.ts';
import { waves, withSmallModel } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

test('a function of tensors by name becomes a graph, with tensors from outside as its constants', async () => {
  const weight = tensor([1, 2, 3, 4, 5, 6], [3, 2]);
  const graph = await trace(({ x, y }) => ({ product: relu(add(matMul(x, weight), y)), same: y }), {
    x: { shape: [4, 3] },
    y: { shape: [2] },
  });
  expect(graph.inputNames).toEqual(['x', 'y']);
  expect(graph.outputNames).toEqual(['product', 'same']);
  const x = tensor([1, 0, -1, 2, 1, 0], [2, 3]);
  const y = tensor1d([10, -20]);
  const results = await graph.run({ x, y });
  expect(results.product?.arraySync()).toEqual([
    [6, 0],
    [15, 0],
  ]);
  expect(results.same?.arraySync()).toEqual([10, -20]);
  dispose([weight, x, y, results]);
});

test('a program may use a model, and go on with its tokens', () =>
  withSmallModel(async (model) => {
    const graph = await trace(
      ({ images }) => {
        const { lastHiddenState, poolerOutput } = model.forward(images as Tensor4D);
        return { vector: concat([poolerOutput, mean(lastHiddenState, 1)], 1) };
      },
      { images: { shape: [1, 3, 16, 16] } },
    );
    const pixels = waves([2, 3, 16, 16]);
    const images = tensor(pixels.data, [...pixels.shape]);
    const results = await graph.run({ images });
    using eager = model.forward(pixels);
    expect(results.vector?.shape).toEqual([2, 32]);
    const cls = eager.poolerOutput.arraySync()[1] ?? [];
    const actual = results.vector?.dataSync().subarray(32, 48) ?? [];
    expect(relativeDifference(actual, cls)).toBeLessThan(1e-5);
    dispose([images, results]);
  }));

test('outputs can be chosen, and what they do not need is no part of the graph', async () => {
  const program = ({ x }: Record<'x', Tensor>): NamedTensors => ({
    twice: mul(x, 2),
    total: sum(x),
  });
  const graph = await trace(program, { x: { shape: [3] } }, { outputs: ['total'], batch: 'fixed' });
  expect(graph.outputNames).toEqual(['total']);
  expect(graph.summary().kernels).toEqual({ Sum: 1 });
});

test('without passes the operations are those of the program', async () => {
  const program = ({ x }: Record<'x', Tensor>): NamedTensors => {
    return { y: add(relu(x), relu(x)) };
  };
  const example = { x: { shape: [2, 3] } };
  expect((await trace(program, example, { optimise: false })).summary().operations).toBe(3);
  expect((await trace(program, example)).summary().operations).toBe(2);
});

test('inputs that are missing, or of another shape, are refused by name', async () => {
  const graph = await trace(({ x, y }) => ({ z: add(x, y) }), {
    x: { shape: [2, 3] },
    y: { shape: [2, 3] },
  });
  const x = tensor([1, 2, 3], [1, 3]);
  const narrow = tensor([1, 2], [1, 2]);
  await expect(graph.run({ x })).rejects.toThrow(/run: expected x, y, got no y/);
  await expect(graph.run({ x, y: 5 as never })).rejects.toThrow(
    /run: y: expected a tensor, or \{data, shape\} with as many values .*, got number/,
  );
  const short = { data: new Float32Array(2), shape: [1, 3] };
  await expect(graph.run({ x, y: short })).rejects.toThrow(/run: y: expected .* as the shape says/);
  const bytes = { data: new Uint8Array(3), shape: [1, 3] };
  await expect(graph.run({ x, y: bytes })).rejects.toThrow(/y: expected float32 \[B, 3\], got int32/);
  await expect(graph.run({ x, y: narrow })).rejects.toThrow(/y, axis 1: expected a length of 3, got 2/);
  dispose([x, narrow]);
  await expect(graph.run({ x, y: short })).rejects.toThrow(/got a tensor that was disposed of as x/);
});

test.each<[string, (x: Tensor) => unknown, new (message: string) => Error, RegExp]>([
  [
    'reads a value',
    (x) => ({ y: mul(x, x.dataSync()[0] ?? 0) }),
    TraceError,
    /expected a program that reads no values of what depends on its inputs, got one that reads an input, float32 \[2, 3\]/,
  ],
  [
    'reads a result',
    (x) => ({ y: scalar(Number(sum(x).arraySync())) }),
    TraceError,
    /got one that reads what Sum gave, float32 \[\] at .*trace-programs\.test/,
  ],
  [
    'uses an op that graphs do not have',
    (x) => ({ y: topk(x, 1).values }),
    TraceError,
    /expected ops that graphs have, got the kernel TopK \(x \[2, 3\]\) at .*trace-programs\.test.*; compute it after the traced part/,
  ],
  ['makes shapes of values', (x) => ({ y: unique(x).values }), TraceError, /got the kernel Unique/],
  [
    'does something else for another batch',
    (x) => ({
      y: x.shape[0] === 2 ? relu(x) : x,
    }),
    TraceError,
    /expected the same program for a batch of 2 and of 3, got .*; trace with a fixed batch instead/,
  ],
  ['returns nothing', () => ({}), OptionError, /expected a program that returns tensors by name, got none/],
  [
    'returns what is no tensor',
    () => ({ y: 5 }),
    OptionError,
    /expected a program that returns tensors by name, got 5 as "y"/,
  ],
  [
    'fails',
    () => {
      throw new RangeError('out of range');
    },
    RangeError,
    /^out of range$/,
  ],
])('a program that %s is refused', async (_, program, kind, message) => {
  const attempt = trace(({ x }) => program(x) as NamedTensors, { x: { shape: [2, 3] } });
  await expect(attempt).rejects.toThrow(kind);
  await expect(attempt).rejects.toThrow(message);
});

test.each<[object, object, new (message: string) => Error, RegExp]>([
  [{}, {}, OptionError, /expected at least one input, got none/],
  [{ x: {} }, {}, ShapeError, /expected x to be something with a shape, got \{\}/],
  [{ x: { shape: [2, 0.5] } }, {}, ShapeError, /expected x to be something with a shape/],
  [{ x: { shape: [2] } }, { outputs: ['z'] }, OptionError, /expected outputs among y, got "z"/],
  [{ x: { shape: [2] } }, { outputs: 'y' }, OptionError, /expected outputs to be a list of names, got "y"/],
  [
    { x: { shape: [2] } },
    { processor: {} },
    OptionError,
    /options among batch, outputs, optimise, got processor/,
  ],
])('the examples %j with the options %j are refused', async (examples, options, kind, message) => {
  const attempt = trace(({ x }) => ({ y: relu(x) }), examples as { x: Example }, options);
  await expect(attempt).rejects.toThrow(kind);
  await expect(attempt).rejects.toThrow(message);
});

test('a scalar is an input, and a program may have no batch at all', async () => {
  const graph = await trace(({ x }) => ({ y: mul(x, 3) }), { x: { shape: [] } });
  expect(graph.hasFreeBatch).toBe(false);
  const x = scalar(2);
  const results = await graph.run({ x });
  expect(results.y?.arraySync()).toBe(6);
  dispose([x, results]);
});
