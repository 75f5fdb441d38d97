/** Traced graphs on another engine. */
import { add, dispose, matMul, type Tensor, tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import * as runtime from 'onnxruntime-web';
import '../../graph/testing/baseline-wasm.ts';
import { setDevice } from '../../backends/devices.ts';
import { DeviceError, Dinov2Error, OptionError } from '../../errors/errors.ts';
import { FakeRuntime } from '../../graph/engines/testing/fake-runtime.ts';
import { trace } from '../../graph/tracing/trace.ts';
import type { TracedGraph } from '../../graph/tracing/traced-graph.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

const SIZE = { height: 16, width: 16 };

/** x [B, 3] times a matrix, plus y [2]. */
async function affine(): Promise<{ graph: TracedGraph; weight: Tensor }> {
  const weight = tensor2d([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const graph = await trace(({ x, y }) => ({ z: add(matMul(x, weight), y) }), {
    x: { shape: [4, 3] },
    y: { shape: [2] },
  });
  return { graph, weight };
}

test('takes tensors and arrays by name, for batches of every size, and needs its program no more', async () => {
  const { graph, weight } = await affine();
  await using compiled = await graph.compile({ runtime, threads: 1 });
  weight.dispose();
  const x = tensor2d([
    [1, 0, -1],
    [0, 1, 0],
  ]);
  const results = await compiled.run({ x, y: { data: Float32Array.of(10, 20), shape: [2] } });
  expect(results.z?.arraySync()).toEqual([
    [6, 16],
    [13, 24],
  ]);
  const y = tensor1d([1, 2]);
  const one = await compiled.run({ x: { data: Float32Array.of(0, 0, 1), shape: [1, 3] }, y });
  expect(one.z?.arraySync()).toEqual([[6, 8]]);
  dispose([x, y, results, one]);
});

test('a model with its preprocessing takes bytes, and gives what the model gives of pixel values', async () => {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  const { config } = new BitImageProcessor();
  const processor = new BitImageProcessor({ ...config, size: { kind: 'exact', ...SIZE }, cropSize: SIZE });
  const graph = await trace(model, { shape: [1, 3, 16, 16] }, { processor, outputs: ['pooler_output'] });
  await using compiled = await graph.compile({ runtime, threads: 1 });
  const image = {
    width: 16,
    height: 16,
    channels: 3 as const,
    data: Uint8Array.from({ length: 768 }, (_, i) => (i * 37) % 256),
  };
  const { pixels } = await processor.resizeAndCrop([image, image]);
  const results = await compiled.run({ pixels });
  using expected = model.forward((await processor.preprocess([image, image])).pixelValues);
  expect(results.pooler_output?.shape).toEqual([2, 16]);
  expect(
    relativeDifference(results.pooler_output?.dataSync() ?? [], expected.poolerOutput.dataSync()),
  ).toBeLessThan(1e-5);
  dispose(results);
});

test('bytes reach the engine as bytes, truth values as truth values', async () => {
  using model = await Dinov2Model.fromConfig(SMALL);
  const graph = await trace(
    model,
    { shape: [1, 3, 16, 16] },
    { processor: new BitImageProcessor(), boolMaskedPos: { shape: [1, 16] }, outputs: ['pooler_output'] },
  );
  const fake = new FakeRuntime(async () => ({
    pooler_output: { type: 'float32', data: new Float32Array(16), dims: [1, 16] },
  }));
  await using compiled = await graph.compile({ runtime: fake });
  const pixels = { data: new Uint8Array(768).fill(7), shape: [1, 16, 16, 3] };
  const mask = { data: new Uint8Array(16).fill(1), shape: [1, 16] };
  dispose(await compiled.run({ pixels, bool_masked_pos: mask }));
  expect(fake.sessions[0]?.feeds).toEqual([
    {
      pixels: { type: 'uint8', data: pixels.data, dims: [1, 16, 16, 3] },
      bool_masked_pos: { type: 'bool', data: mask.data, dims: [1, 16] },
    },
  ]);
});

test('what does not fit is refused by the name of the input', async () => {
  const { graph, weight } = await affine();
  await using compiled = await graph.compile({ runtime, threads: 1 });
  const x = { data: new Float32Array(6), shape: [2, 3] };
  const y = { data: new Float32Array(2), shape: [2] };
  const integers = tensor([1, 2], [2], 'int32');
  const cases: [object, RegExp][] = [
    [{ x }, /run: expected x, y, got x$/],
    [{ x, y, w: y }, /run: expected x, y, got x, y, w$/],
    [{ x: y, y }, /run: x: expected float32 \[B, 3\], got float32 \[2\]/],
    [{ x, y: integers }, /run: y: expected float32 \[2\], got int32 \[2\]/],
    [{ x, y: { data: new Uint8Array(2), shape: [2] } }, /run: y: expected float32 \[2\], got uint8 \[2\]/],
    [{ x: { data: new Float32Array(4), shape: [2, 2] }, y }, /run: x, axis 1: expected a length of 3, got 2/],
    [
      { x: { data: new Float32Array(5), shape: [2, 3] }, y },
      /run: x: expected .* as many values as the shape/,
    ],
    [{ x: { data: [1, 2, 3], shape: [1, 3] }, y }, /run: x: expected a tensor, or \{data, shape\}/],
    [{ x: 5, y }, /run: x: expected a tensor, or \{data, shape\}.*, got number/],
  ];
  for (const [inputs, message] of cases) {
    const attempt = compiled.run(inputs as Record<string, Tensor>);
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow(message);
  }
  const nothing: object | null = null;
  await expect(compiled.run(nothing as never)).rejects.toThrow(/run: expected x, y, got null/);
  integers.dispose();
  await expect(compiled.run({ x, y: integers })).rejects.toThrow(/expected tensors that are still there/);
  weight.dispose();
});

test('is let go of once, when what is running is done', async () => {
  const { graph, weight } = await affine();
  let goOn = (): void => undefined;
  const running = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const fake = new FakeRuntime(async () => {
    await running;
    return { z: { type: 'float32', data: Float32Array.of(1, 2), dims: [1, 2] } };
  });
  const compiled = await graph.compile({ runtime: fake });
  const inputs = {
    x: { data: new Float32Array(3), shape: [1, 3] },
    y: { data: new Float32Array(2), shape: [2] },
  };
  const result = compiled.run(inputs);
  const gone = Promise.all([compiled.dispose(), compiled.dispose()]);
  await expect(compiled.run(inputs)).rejects.toThrow(Dinov2Error);
  await expect(compiled.run(inputs)).rejects.toThrow(/run\(\) must come before dispose\(\)/);
  expect(fake.sessions[0]?.released).toBe(0);
  goOn();
  await gone;
  expect(fake.sessions[0]?.released).toBe(1);
  expect((await result).z?.arraySync()).toEqual([[1, 2]]);
  dispose([await result, weight]);
});

test('a graph that the engine can not run is an error when it is compiled', async () => {
  const { graph, weight } = await affine();
  await expect(graph.compile({ runtime, executionProviders: ['abacus'] })).rejects.toThrow(DeviceError);
  const options: object = { maxGraphs: 2 };
  await expect(graph.compile({ runtime, ...options })).rejects.toThrow(
    /compile: expected options among .*, got maxGraphs/,
  );
  weight.dispose();
});

test('a graph of a model that was disposed of can not be compiled', async () => {
  const model = await Dinov2Model.fromConfig(SMALL);
  const graph = await trace(model, waves([1, 3, 16, 16]));
  model.dispose();
  await expect(graph.compile({ runtime, threads: 1 })).rejects.toThrow(
    /disposed of; keep the model until its graph has been exported or compiled/,
  );
});
