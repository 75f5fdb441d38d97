/** ONNX files of traced graphs; that ONNX Runtime computes the same from them is seen in `npm run onnx`. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { relu, sum } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, SourceError, TraceError } from '../../errors/errors.ts';
import { exportOnnx } from '../../graph/tracing/export-onnx.ts';
import { trace } from '../../graph/tracing/trace.ts';
import type { TracedGraph } from '../../graph/tracing/traced-graph.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL } from '../../lib/testing/small-model.ts';

let model: Dinov2Model;
let graph: TracedGraph;
beforeAll(async () => {
  await setDevice('simd', { threads: 1 });
  model = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  graph = await trace(model, { shape: [1, 3, 16, 16] });
});
afterAll(() => model.dispose());

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);
const textOf = (path: string): string => readFileSync(path, 'latin1');

test('a graph becomes one file, which is summed up', async () => {
  const path = inFolder('model.onnx');
  const done = await exportOnnx(graph, path);
  expect(readdirSync(folder)).toEqual(['model.onnx']);
  expect(done.files).toEqual([path]);
  expect(done.nodes).toBeGreaterThanOrEqual(graph.summary().operations);
  expect(statSync(path).size).toBeGreaterThan(done.bytes);
  expect(done.bytes).toBeGreaterThanOrEqual(graph.summary().parameterBytes);
  const text = textOf(path);
  for (const name of ['pixel_values', 'last_hidden_state', 'blocks.1.mlp.fc2.weight', 'batch', 'dinov2-tfjs'])
    expect(text).toContain(name);
});

test('folders above the file are made', async () => {
  const path = inFolder('far/away/model.onnx');
  expect((await exportOnnx(graph, path)).files).toEqual([path]);
  expect(existsSync(path)).toBe(true);
});

test('weights stand in a second file if that is asked for', async () => {
  const path = inFolder('model.onnx');
  const done = await exportOnnx(graph, path, { externalData: true });
  expect(done.files).toEqual([path, `${path}_data`]);
  expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'model.onnx_data']);
  expect(statSync(`${path}_data`).size).toBeGreaterThan(0.8 * done.bytes);
  expect(textOf(path)).toContain('model.onnx_data');
});

test('float16 weights are half the bytes, and as many tensors', async () => {
  const whole = await exportOnnx(graph, inFolder('whole.onnx'));
  const half = await exportOnnx(graph, inFolder('half.onnx'), { dtype: 'f16' });
  expect(half.bytes).toBeLessThan(0.6 * whole.bytes);
  expect(half.bytes).toBeGreaterThan(0.5 * whole.bytes);
});

test("operators of ONNX Runtime's own are used where they are asked for, and not else", async () => {
  await exportOnnx(graph, inFolder('standard.onnx'));
  await exportOnnx(graph, inFolder('ort.onnx'), { target: 'ort' });
  expect(textOf(inFolder('standard.onnx'))).not.toContain('com.microsoft');
  expect(textOf(inFolder('ort.onnx'))).toContain('com.microsoft');
});

test('free text goes into the file', async () => {
  await exportOnnx(graph, inFolder('model.onnx'), { metadata: { origin: 'made in a test' } });
  expect(textOf(inFolder('model.onnx'))).toMatch(/origin.{1,4}made in a test/s);
});

test('an input of bytes is one in the file', async () => {
  const processor = new BitImageProcessor();
  const bytes = await trace(model, { shape: [1, 3, 16, 16] }, { processor });
  await exportOnnx(bytes, inFolder('model.onnx'));
  const text = textOf(inFolder('model.onnx'));
  expect(text).toContain('pixels');
  expect(text).not.toContain('pixel_values');
});

test('a file that is there is replaced only if asked to', async () => {
  const path = inFolder('model.onnx');
  writeFileSync(path, 'mine');
  const attempt = exportOnnx(graph, path);
  await expect(attempt).rejects.toThrow(SourceError);
  await expect(attempt).rejects.toThrow(/model\.onnx: expected nothing of this name/);
  expect(textOf(path)).toBe('mine');
  await exportOnnx(graph, path, { overwrite: true });
  expect(textOf(path)).not.toBe('mine');
  expect(readdirSync(folder)).toEqual(['model.onnx']);
});

test('a second file that is there is not replaced either, and the first does not appear', async () => {
  writeFileSync(inFolder('model.onnx_data'), 'mine');
  await expect(exportOnnx(graph, inFolder('model.onnx'), { externalData: true })).rejects.toThrow(
    /model\.onnx_data: expected nothing of this name/,
  );
  expect(readdirSync(folder)).toEqual(['model.onnx_data']);
  expect(textOf(inFolder('model.onnx_data'))).toBe('mine');
});

test.each([false, true])(
  'an export that is stopped leaves nothing, externalData %p',
  async (externalData) => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = (written: number, total: number): void => {
      expect(written).toBeLessThanOrEqual(total);
      if (seen.push(written) === 5) controller.abort(new Error('enough'));
    };
    const { signal } = controller;
    const attempt = exportOnnx(graph, inFolder('new/model.onnx'), { externalData, signal, onProgress });
    await expect(attempt).rejects.toThrow('enough');
    expect(seen).toHaveLength(5);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('progress ends at all bytes', async () => {
  const seen: [number, number][] = [];
  const { bytes } = await exportOnnx(graph, inFolder('model.onnx'), {
    onProgress: (written, total) => seen.push([written, total]),
  });
  expect(seen.at(-1)).toEqual([bytes, bytes]);
  expect(seen.map(([written]) => written)).toEqual(
    [...seen].map(([written]) => written).sort((a, b) => a - b),
  );
});

test('a model that was disposed of in between leaves no file', async () => {
  const other = await Dinov2Model.fromConfig(SMALL);
  const traced = await trace(other, { shape: [1, 3, 16, 16] });
  other.dispose();
  await expect(exportOnnx(traced, inFolder('model.onnx'))).rejects.toThrow(TraceError);
  expect(readdirSync(folder)).toEqual([]);
});

test('a program that was traced for itself is exported like a model', async () => {
  const own = await trace(({ x }) => ({ y: sum(relu(x), -1) }), { x: { shape: [2, 3] } });
  expect((await exportOnnx(own, inFolder('own.onnx'))).bytes).toBeLessThan(64);
});

test.each<[string, object, RegExp]>([
  ['model.onnx', { metadata: { count: 3 } }, /exportOnnx: metadata: expected texts by name, got {"count":3}/],
  ['model.onnx', { metadata: null }, /exportOnnx: metadata: expected texts by name, got null/],
  ['model.pb', {}, /exportOnnx: expected a path that ends in \.onnx, got ".*model\.pb"/],
  ['model.onnx', { target: 'trt' }, /target: expected one of standard, ort, got "trt"/],
  ['model.onnx', { dtype: 'bf16' }, /dtype: expected one of f32, f16, i8, got "bf16"/],
  [
    'model.onnx',
    { external: true },
    /exportOnnx: expected options among .*, got external; write externalData$/,
  ],
])('refuses %s with %j', async (name, options, message) => {
  const attempt = exportOnnx(graph, inFolder(name), options);
  await expect(attempt).rejects.toThrow(OptionError);
  await expect(attempt).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('refuses a model that has not been traced, and a path that is none', async () => {
  const untraced: unknown = model;
  await expect(exportOnnx(untraced as TracedGraph, inFolder('model.onnx'))).rejects.toThrow(
    /exportOnnx: expected what trace\(\) gives, got something else/,
  );
  const nowhere: unknown = undefined;
  await expect(exportOnnx(graph, nowhere as string)).rejects.toThrow(/expected a path that ends in \.onnx/);
});
