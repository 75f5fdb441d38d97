/** What a lowered model is like around its kernels: inputs, outputs, names, weights. */
import * as tf from '@tensorflow/tfjs-core';
import { dispose, type Tensor, type Tensor2D, tensor, tensor2d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { TraceError } from '../../errors/errors.ts';
import { attention } from '../../ops/attention.ts';
import { extractPatches } from '../../ops/extract-patches.ts';
import { linear } from '../../ops/linear.ts';
import { constantOf, type GraphDtype, type Value } from '../../ops/operation.ts';
import { BATCH, type Dimension } from '../../shapes/batch-dimension.ts';
import { relativeDifference } from '../../testing/close.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { operation } from '../kernels/build.ts';
import { sliceEarly } from '../passes/slice-early.ts';
import type { Program } from '../record/record.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectClose } from '../testing/expect-close.ts';
import { type OnnxFeed, openOnnx, RUNTIMES } from '../testing/onnx-runtime.ts';
import { type LowerOptions, lowerGraph } from './lower-graph.ts';
import type { OnnxModel } from './onnx-model.ts';

beforeAll(() => setDevice('cpu'));

const X = { name: 'x', shape: [BATCH, 3], dtype: 'float32' } as const;
const VALUES = Float32Array.of(0.5, -1, 2, 3, -4, 5.5);
const FEED: OnnxFeed = { type: 'float32', values: VALUES, shape: [2, 3] };

async function runOn(model: OnnxModel, feeds: Readonly<Record<string, OnnxFeed>>) {
  const [runtime] = RUNTIMES;
  if (runtime === undefined) throw new Error('no ONNX Runtime');
  const session = await openOnnx(runtime, model);
  const outputs = await session.run(feeds);
  await session.release();
  return outputs;
}

/** Traces a program of x, and compares what its model gives with what it gives itself. */
async function expectSame(
  program: Program,
  options: LowerOptions = {},
  tolerance = 1e-6,
): Promise<OnnxModel> {
  const model = lowerGraph(await traceProgram(program, [X]), options);
  const outputs = await runOn(model, { x: FEED });
  const x = tensor2d(VALUES, [2, 3]);
  const eager = tf.tidy(() => {
    return Object.fromEntries(Object.entries(program({ x })).map(([name, value]) => [name, value.clone()]));
  });
  expectClose(outputs, eager, tolerance);
  dispose([x, ...Object.values(outputs), ...Object.values(eager)]);
  return model;
}

function only(kernel: string, dtypes: readonly GraphDtype[], attributes = {}, shape: Dimension[] = [BATCH]) {
  const names = dtypes.length === 1 ? ['x'] : ['a', 'b'];
  const inputs = dtypes.map((dtype, i) => ({ kind: 'input', name: `in ${i}`, dtype, shape }) as const);
  const result: Value = {
    kind: 'operation',
    kernel,
    inputs: Object.fromEntries(inputs.map((input, i): [string, Value] => [names[i] ?? '', input])),
    attributes,
    shape,
    dtype: dtypes[0] ?? 'float32',
  };
  return { inputs, outputs: new Map([['y', result]]) } satisfies Graph;
}

describe('outputs', () => {
  test('an input', () => expectSame(({ x }) => ({ y: x as Tensor })));

  test('a constant', () => expectSame(() => ({ y: tf.tensor1d([1, 2]) })));

  test('one value under two names', () =>
    expectSame(({ x }) => {
      const y = tf.exp(x as Tensor);
      return { first: y, second: y };
    }));

  test('a value that others are made of', () =>
    expectSame(({ x }) => {
      const y = tf.exp(x as Tensor);
      return { y, z: tf.neg(y) };
    }));

  test('names that nodes and constants would have', () =>
    expectSame(({ x }) => {
      const y = tf.add(tf.exp(x as Tensor), tf.tensor1d([1, 2, 3]));
      return { 'Exp/Exp': y, 'Add/constant': tf.exp(y), float32_1: tf.log1p(tf.square(y)) };
    }));

  test('an output that is called as an input is refused', async () => {
    const graph = await traceProgram(({ x }) => ({ x: tf.exp(x as Tensor) }), [X]);
    expect(() => lowerGraph(graph)).toThrow(TraceError);
    expect(() => lowerGraph(graph)).toThrow(/"x"/);
  });
});

describe('inputs', () => {
  test('an input that nothing is made of stays', async () => {
    const inputs = [X, { ...X, name: 'unused' }];
    const model = lowerGraph(await traceProgram(({ x }) => ({ y: tf.exp(x as Tensor) }), inputs));
    expect(model.inputs.map(({ name }) => name)).toEqual(['x', 'unused']);
    dispose(await runOn(model, { x: FEED, unused: FEED }));
  });

  test('bytes outside are numbers inside', async () => {
    const program: Program = ({ x }) => ({ y: tf.div(x as Tensor, 255), tiled: tf.zerosLike(x as Tensor) });
    const model = lowerGraph(await traceProgram(program, [X]), { bytes: new Set(['x']) });
    const values = Uint8Array.of(0, 1, 127, 128, 254, 255);
    const outputs = await runOn(model, { x: { type: 'uint8', values, shape: [2, 3] } });
    const expected = tensor(
      Float32Array.from(values, (value) => value / 255),
      [2, 3],
    );
    expectClose({ y: outputs.y as Tensor }, { y: expected }, 1e-7);
    expect(model.inputs).toEqual([{ name: 'x', type: 'uint8', shape: [BATCH, 3] }]);
    dispose([expected, ...Object.values(outputs)]);
  });

  test('an input that is called as a weight keeps its name', async () => {
    const weight = tf.tensor1d([1, 2, 3]);
    const names = new Map([[weight.dataId, 'x']]);
    const graph = await traceProgram(({ x }) => ({ y: tf.mul(x as Tensor, weight) }), [X], names);
    const model = lowerGraph(graph);
    expect(model.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(model.tensors.map(({ name }) => name)).toEqual(['x_1']);
    dispose([...Object.values(await runOn(model, { x: FEED })), weight]);
  });
});

describe('weights', () => {
  let weight: Tensor2D;
  let bias: tf.Tensor1D;
  const program: Program = ({ x }) => ({ y: linear(x as Tensor, weight, { bias }) });
  const traced = () =>
    traceProgram(
      program,
      [X],
      new Map([
        [weight.dataId, 'layer.weight'],
        [bias.dataId, 'layer.bias'],
      ]),
    );

  beforeAll(() => {
    weight = tensor2d([0.1, 0.2, 0.3, -0.4, 0.5, 1000], [2, 3]);
    bias = tf.tensor1d([0.1, 1e5]);
  });
  afterAll(() => dispose([weight, bias]));

  test('are called and placed as in the model', async () => {
    const { tensors, nodes } = lowerGraph(await traced());
    expect(tensors.map(({ name, shape, type }) => ({ name, shape, type }))).toEqual([
      { name: 'layer.weight', shape: [3, 2], type: 'float32' },
      { name: 'layer.bias', shape: [2], type: 'float32' },
    ]);
    expect(nodes.map(({ name }) => name)).toEqual(['layer/MatMul', 'layer/Add']);
  });

  test('matrices are kept in float16, and what has one axis is not', async () => {
    const { tensors } = lowerGraph(await traced(), { weightType: 'float16' });
    expect(tensors.map(({ name, type, byteLength }) => ({ name, type, byteLength }))).toEqual([
      { name: 'layer.weight.float16', type: 'float16', byteLength: 12 },
      { name: 'layer.bias', type: 'float32', byteLength: 8 },
    ]);
    const [half] = tensors;
    // 0.1 as IEEE 754's binary16, little-endian
    expect([...((await half?.bytes()) ?? [])].slice(0, 2)).toEqual([0x66, 0x2e]);
    await expectSame(program, { weightType: 'float16' }, 1e-3);
  });

  test('in 8 bits, of programs whose weights have no names, and of the blocks of a model', async () => {
    const named = (name: string) => new Map([[weight.dataId, name]]);
    const typesOf = async (names: Map<tf.DataId, string>): Promise<string[]> => {
      const { tensors } = lowerGraph(await traceProgram(program, [X], names), { weightType: 'int8' });
      return tensors.flatMap(({ name, type, shape }) => (shape.length === 2 ? [`${name} ${type}`] : []));
    };
    expect(await typesOf(new Map())).toEqual(['Linear/constant.int8 uint8']);
    expect(await typesOf(named('blocks.0.mlp.fc1.weight'))).toEqual(['blocks.0.mlp.fc1.weight.int8 uint8']);
    expect(await typesOf(named('head.weight'))).toEqual(['head.weight float32']);
  });

  test('in 8 bits, products are those of rows with a scale each, even of zeros', async () => {
    const [rows, K, N] = [3, 40, 6];
    const wide = tensor2d(
      new Float32Array(N * K).map((_, i) => Math.sin(i * i)),
      [N, K],
    );
    const given: OnnxFeed = {
      type: 'float32',
      values: new Float32Array(rows * K).map((_, i) => [1, 0, 1000][Math.floor(i / K)]! * Math.cos(i)),
      shape: [rows, K],
    };
    const narrow = tensor2d(new Float32Array(4 * N).map(Math.sin), [4, N]);
    for (const activation of ['none', 'gelu'] as const) {
      const layers = (x: Tensor): Tensor => linear(linear(x, wide, { activation }), narrow);
      const graph = await traceProgram(
        ({ x }) => ({ y: layers(x as Tensor) }),
        [{ ...X, shape: [BATCH, K] }],
      );
      const expected = tf.tidy(() => layers(tf.tensor(given.values, [rows, K])).arraySync() as number[][]);
      const outputs = await runOn(lowerGraph(graph, { weightType: 'int8' }), { x: given });
      const found = outputs.y?.arraySync() as number[][];
      for (const [row, values] of found.entries()) {
        expect(relativeDifference(values, expected[row] ?? [])).toBeLessThan(0.02);
      }
      dispose(outputs);
    }
    dispose([wide, narrow]);
  });

  test('a weight that is used both ways round is written both ways', () =>
    expectSame(() => {
      const square = tf.tensor2d([1, 2, 3, 4], [2, 2]);
      return { y: tf.matMul(square, square, false, true) };
    }));

  test('a weight that several products take is written once', async () => {
    const model = await expectSame(({ x }) => {
      const square = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3]);
      return { y: linear(linear(x as Tensor, square), square) };
    });
    expect(model.tensors.map(({ shape }) => shape)).toEqual([[3, 3]]);
  });

  test('equal numbers are written once', async () => {
    const model = await expectSame(({ x }) => ({
      y: tf.add(tf.expm1(x as Tensor), tf.expm1(tf.neg(x as Tensor))),
    }));
    const names = model.tensors.map(({ name }) => name);
    expect(names.length).toBe(new Set(names).size);
    expect(names).toEqual(['float32_0.5', 'float32_1']);
  });
});

test('patches that a convolution takes by itself are not written besides', async () => {
  const weight = tf.tensor2d(new Float32Array(5 * 12).map(Math.sin), [5, 12]);
  const graph = await traceProgram(
    ({ x }) => ({ y: linear(extractPatches(x as tf.Tensor4D, [2, 2]), weight) }),
    [{ name: 'x', shape: [BATCH, 3, 4, 6], dtype: 'float32' }],
  );
  const { nodes, tensors } = lowerGraph(graph);
  expect(nodes.map(({ operator }) => operator)).toEqual(['Conv', 'Reshape', 'Transpose']);
  const taken = nodes.flatMap(({ inputs }) => inputs);
  expect(tensors.map(({ name }) => name).filter((name) => !taken.includes(name))).toEqual([]);
  weight.dispose();
});

test("what ONNX Runtime's attention does itself is not written besides, and weights keep their names", async () => {
  const weight = tf.tensor2d(new Float32Array(12 * 3).map(Math.sin), [12, 3]);
  const bias = tf.tensor1d(new Float32Array(12).map(Math.cos));
  const names = new Map([
    [weight.dataId, 'qkv.weight'],
    [bias.dataId, 'qkv.bias'],
  ]);
  const graph = await traceProgram(
    ({ x }) => ({
      y: attention(linear(x as tf.Tensor3D, weight, { bias }), { numHeads: 2, scale: 0.5 }),
    }),
    [{ name: 'x', shape: [BATCH, 4, 3], dtype: 'float32' }],
    names,
  );
  const { nodes, tensors } = lowerGraph(graph, { target: 'ort' });
  expect(nodes.map(({ operator }) => operator)).toEqual(['MatMul', 'Split', 'MultiHeadAttention']);
  expect(tensors.map(({ name }) => name).sort()).toEqual(['qkv.bias', 'qkv.weight']);
  dispose([weight, bias]);
});

test("ONNX Runtime's own attention is used where it is asked for and there is no mask", async () => {
  const qkv = { name: 'x', shape: [BATCH, 4, 12], dtype: 'float32' } as const;
  const graph = await traceProgram(
    ({ x }) => ({
      y: attention(x as tf.Tensor3D, { numHeads: 2, scale: 0.5 }),
      masked: attention(x as tf.Tensor3D, { numHeads: 2, scale: 0.5, mask: tf.zeros([1, 1, 1, 4]) }),
    }),
    [qkv],
  );
  const own = lowerGraph(graph, { target: 'ort' });
  expect(own.nodes.filter(({ operator }) => operator === 'MultiHeadAttention')).toHaveLength(1);
  expect(own.nodes.filter(({ operator }) => operator === 'Softmax')).toHaveLength(1);
  expect(own.operatorSets).toEqual([
    { domain: '', version: 20 },
    { domain: 'com.microsoft', version: 1 },
  ]);
  const standard = lowerGraph(graph);
  expect(standard.nodes.every(({ domain }) => domain === '')).toBe(true);
  expect(standard.operatorSets).toEqual([{ domain: '', version: 20 }]);
});

test('queries that something else takes too are computed once, and a factor of 1 is left out', async () => {
  const weight = tf.tensor2d(new Float32Array(12 * 3).map(Math.sin), [12, 3]);
  const bias = tf.tensor1d(new Float32Array(12).map(Math.cos));
  const graph = await traceProgram(
    ({ x }) => {
      const qkv = linear(x as tf.Tensor3D, weight, { bias });
      return { qkv, y: attention(qkv, { numHeads: 2, scale: 1 }) };
    },
    [{ name: 'x', shape: [BATCH, 4, 3], dtype: 'float32' }],
  );
  const operators = (target: 'standard' | 'ort') =>
    lowerGraph(graph, { target }).nodes.map(({ operator }) => operator);
  expect(operators('ort')).toEqual(['MatMul', 'Add', 'Split', 'MultiHeadAttention']);
  expect(operators('standard')).not.toContain('Mul');
  dispose([weight, bias]);
});

test.each(['standard', 'ort'] as const)('attention of some queries alone, for %s', async (target) => {
  const weight = tf.tensor2d(new Float32Array(12 * 3).map(Math.sin), [12, 3]);
  const bias = tf.tensor1d(new Float32Array(12).map(Math.cos));
  const mask = tf.tensor4d([0, -1, 0, -2], [1, 1, 1, 4]);
  const program: Program = ({ x }) => {
    const of = (qkv: Tensor, options = {}) => {
      const all = attention(qkv as tf.Tensor3D, { numHeads: 2, scale: 0.5, ...options });
      return tf.slice(all, [0, 0, 0], [-1, 2, -1]);
    };
    const biased = linear(x as Tensor, weight, { bias });
    return {
      biased: of(linear(x as Tensor, weight, { bias })),
      plain: of(linear(tf.neg(x as Tensor), weight)),
      masked: of(biased, { mask }),
      shared: of(biased),
      activated: of(linear(x as Tensor, weight, { bias, activation: 'gelu' })),
      summed: of(linear(x as Tensor, weight, { bias, residual: { input: tf.tanh(biased), scale: bias } })),
    };
  };
  const graph = await traceProgram(program, [{ name: 'x', shape: [BATCH, 4, 3], dtype: 'float32' }]);
  const narrow = sliceEarly(graph);
  expect(operationsOf(narrow).every(({ kernel }) => kernel !== 'Slice')).toBe(true);
  const values = new Float32Array(24).map(Math.sin);
  const outputs = await runOn(lowerGraph(narrow, { target }), {
    x: { type: 'float32', values, shape: [2, 4, 3] },
  });
  const x = tf.tensor3d(values, [2, 4, 3]);
  const eager = tf.tidy(() => program({ x }));
  expectClose(outputs, eager, 2e-6);
  dispose([x, weight, bias, mask, ...Object.values(outputs), ...Object.values(eager)]);
});

test('tensors without values', () =>
  expectSame(({ x }) => {
    const none = tf.slice(x as Tensor, [0, 0], [-1, 0]);
    return {
      none,
      stretched: tf.reshape(none, [x?.shape[0] ?? 0, 0, 2]),
      joined: tf.concat([x as Tensor, none], 1),
    };
  }));

describe('what ONNX would compute otherwise is refused', () => {
  test.each([
    ['exp of whole numbers', only('Exp', ['int32'])],
    ['a sum of truth values', only('Add', ['bool', 'bool'])],
    ['an order of truth values', only('Greater', ['bool', 'bool'])],
    ['a quotient of whole numbers', only('RealDiv', ['int32', 'int32'])],
    ['operands of two dtypes', only('Multiply', ['float32', 'int32'])],
    ['parts of two dtypes', only('Concat', ['float32', 'int32'], { axis: 0 })],
    ['the largest truth value', only('Max', ['bool'], { axis: [0], keepDims: true })],
    ['pooling of whole numbers', only('MaxPool', ['int32'])],
    ['gelu of whole numbers', only('Dinov2FusedGelu', ['int32'])],
  ])('%s', (_, graph) => {
    expect(() => lowerGraph(graph)).toThrow(TraceError);
    expect(() => lowerGraph(graph)).toThrow(
      /onnx: \w+: expected inputs that are all .*, got .*; cast before/,
    );
  });

  test('a window that may lie in the padding alone', () => {
    const attributes = { filterSize: [2, 2], strides: [1, 1], padding: [0, 0, 0, 2] };
    const graph = only('AvgPool', ['float32'], attributes, [BATCH, 4, 6, 1]);
    expect(() => lowerGraph(graph)).toThrow(/less padding than the window of 2×2, got 0, 0, 0, 2/);
  });

  test('slopes with more axes than the values', () => {
    const x = { kind: 'input', name: 'x', shape: [3], dtype: 'float32' } as const;
    const alpha = constantOf(new Float32Array(6), [2, 3]);
    const y = operation('Prelu', { x, alpha });
    expect(() => lowerGraph({ inputs: [x], outputs: new Map([['y', y]]) })).toThrow(TraceError);
  });

  test('a kernel without a counterpart', () => {
    expect(() => lowerGraph(only('FFT', ['float32']))).toThrow(/FFT/);
  });
});
