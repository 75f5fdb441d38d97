/** Compiling for ONNX Runtime: what its package is given, and what becomes of its answers and failures. */
import { dispose, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { DeviceError, OptionError } from '../../errors/errors.ts';
import { type CompileOptions, compile } from '../../graph/engines/compile.ts';
import type { OnnxRuntime, OrtTensor } from '../../graph/engines/onnx-runtime.ts';
import { type Answer, FakeRuntime } from '../../graph/engines/testing/fake-runtime.ts';
import type { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { waves, withSmallModel } from '../../lib/testing/small-model.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

const float32 = (data: Float32Array, dims: readonly number[]): OrtTensor => ({ type: 'float32', data, dims });

/** The outputs of the small model, with values that say where they are from. */
const answer: Answer = async ({ pixel_values }) => {
  const B = pixel_values?.dims[0] ?? 0;
  return {
    last_hidden_state: float32(new Float32Array(B * 20 * 16).fill(0.5), [B, 20, 16]),
    pooler_output: float32(
      Float32Array.from({ length: B * 16 }, (_, i) => i),
      [B, 16],
    ),
  };
};

async function withFake(
  options: CompileOptions,
  run: (compiled: Awaited<ReturnType<typeof compile<Dinov2Model>>>, runtime: FakeRuntime) => Promise<void>,
): Promise<void> {
  await withSmallModel(async (model) => {
    const runtime = new FakeRuntime(answer);
    const compiled = await model.compile({ runtime, ...options });
    await run(compiled, runtime);
    await compiled.dispose();
    expect(runtime.sessions.map(({ released }) => released)).toEqual(runtime.sessions.map(() => 1));
  });
}

test('a session is made of the bytes of a model, and its answer becomes the output', () =>
  withFake({}, async (compiled, runtime) => {
    expect(runtime.sessions).toEqual([]);
    const pixels = waves([2, 3, 16, 16]);
    using output = await compiled.forward(pixels);
    expect(output.lastHiddenState.shape).toEqual([2, 20, 16]);
    expect(output.lastHiddenState.dataSync()).toEqual(new Float32Array(640).fill(0.5));
    expect(output.poolerOutput.arraySync()[1]?.[3]).toBe(19);
    const [session] = runtime.sessions;
    const text = new TextDecoder('latin1').decode(session?.model as Uint8Array);
    for (const name of ['pixel_values', 'last_hidden_state', 'blocks.1.attn.qkv.weight', 'com.microsoft']) {
      expect(text).toContain(name);
    }
    expect(session?.options).toEqual({});
    expect(session?.feeds).toEqual([
      { pixel_values: { type: 'float32', data: pixels.data, dims: [2, 3, 16, 16] } },
    ]);
    expect(runtime.env.wasm).toEqual({});
  }));

test('masks are given as tensors of their own types', () =>
  withFake({ maxGraphs: 3 }, async (compiled, runtime) => {
    const bits = Array.from({ length: 20 }, (_, i) => i % 2);
    const masks = [
      tensor2d(bits, [1, 20], 'int32'),
      tensor4d(bits, [1, 1, 1, 20]),
      tensor4d(bits, [1, 1, 1, 20], 'bool'),
    ];
    const boolMaskedPos = tensor2d(bits.slice(4), [1, 16], 'bool');
    for (const attentionMask of masks) {
      using _ = await compiled.forward(waves([1, 3, 16, 16]), { attentionMask, boolMaskedPos });
    }
    const given = runtime.sessions.map(({ feeds: [feeds] }) => feeds);
    expect(given.map((feeds) => feeds?.attention_mask)).toEqual([
      { type: 'int32', data: Int32Array.from(bits), dims: [1, 20] },
      { type: 'float32', data: Float32Array.from(bits), dims: [1, 1, 1, 20] },
      { type: 'bool', data: Uint8Array.from(bits), dims: [1, 1, 1, 20] },
    ]);
    expect(given[0]?.bool_masked_pos).toEqual({
      type: 'bool',
      data: Uint8Array.from(bits.slice(4)),
      dims: [1, 16],
    });
    dispose([masks, boolMaskedPos]);
  }));

test('options become those of sessions, named ones before others', () =>
  withFake(
    {
      executionProviders: ['webgpu', { name: 'cpu' }],
      threads: 3,
      sessionOptions: { graphOptimizationLevel: 'basic', intraOpNumThreads: 7 },
    },
    async (compiled, runtime) => {
      using _ = await compiled.forward(waves([1, 3, 16, 16]));
      expect(runtime.sessions[0]?.options).toEqual({
        executionProviders: ['webgpu', { name: 'cpu' }],
        intraOpNumThreads: 3,
        graphOptimizationLevel: 'basic',
      });
      expect(runtime.env.wasm?.numThreads).toBe(3);
    },
  ));

test('as many sizes are kept as maxGraphs says', () =>
  withFake({ maxGraphs: 1 }, async (compiled, runtime) => {
    for (const width of [16, 20]) (await compiled.forward(waves([1, 3, 16, width]))).dispose();
    expect(runtime.sessions.map(({ released }) => released)).toEqual([1, 0]);
  }));

test('two models may be compiled, each with options of its own', () =>
  withFake({ threads: 2 }, async (compiled, runtime) => {
    const other = await compile(compiled.model, { runtime, sessionOptions: { logId: 'other' } });
    using _ = await other.forward(waves([1, 3, 16, 16]));
    using __ = await compiled.forward(waves([1, 3, 16, 16]));
    expect(runtime.sessions.map(({ options }) => options)).toEqual([
      { logId: 'other' },
      { intraOpNumThreads: 2 },
    ]);
    await other.dispose();
  }));

test.each<[string, Partial<FakeRuntime>, Answer, CompileOptions, RegExp]>([
  [
    'a session that can not be made',
    {
      InferenceSession: {
        create: async () => {
          throw new Error('no such provider');
        },
      },
    },
    answer,
    { executionProviders: ['cuda', { name: 'cpu' }] },
    /^onnxruntime: expected success in making a session on cuda, cpu, got no such provider$/,
  ],
  [
    'a run that fails',
    {},
    async () => {
      throw new Error('device lost');
    },
    {},
    /^onnxruntime: expected success in running, got device lost$/,
  ],
  [
    'a result that is not in memory',
    {},
    async () => ({ last_hidden_state: { type: 'float32', data: undefined, dims: [1, 20, 16] } }),
    {},
    /^onnxruntime: last_hidden_state: expected float32 in memory, .*; leave preferredOutputLocation out$/,
  ],
])('%s is an error of the device', (_, parts, answers, options, message) =>
  withSmallModel(async (model) => {
    const runtime = Object.assign(new FakeRuntime(answers), parts);
    const compiled = await compile(model, { runtime, ...options });
    const attempt = compiled.forward(waves([1, 3, 16, 16]));
    await expect(attempt).rejects.toThrow(DeviceError);
    await expect(attempt).rejects.toThrow(message);
    await compiled.dispose();
  }),
);

test.each<[object, RegExp]>([
  [{ engine: 'tflite' }, /engine must be one of onnxruntime, got "tflite"/],
  [{ maxGraphs: 0 }, /maxGraphs must be a positive integer, got 0/],
  [{ threads: 0 }, /threads must be a positive integer, got 0/],
  [{ threads: 1.5 }, /threads must be a positive integer, got 1\.5/],
  [{ provider: 'cpu' }, /compile: expected options among .*, got provider$/],
  [{ executionProviders: 'cpu' }, /executionProviders must be a list, got "cpu"/],
  [{ runtime: null }, /expected runtime to be the package onnxruntime-web or onnxruntime-node/],
  [{ runtime: {} }, /expected runtime to be the package onnxruntime-web or onnxruntime-node/],
  [{ runtime: { InferenceSession: { create: () => 1 } } }, /expected runtime to be the package/],
])('refuses the options %j', (options, message) =>
  withSmallModel(async (model) => {
    const attempt = model.compile({ runtime: new FakeRuntime(answer), ...options });
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow(message);
  }),
);

test('refuses what is no model', async () => {
  const runtime: OnnxRuntime = new FakeRuntime(answer);
  const wrong: object = { forward: () => 1 };
  await expect(compile(wrong as Dinov2Model, { runtime })).rejects.toThrow(
    /compile: expected a model, got something else/,
  );
});
