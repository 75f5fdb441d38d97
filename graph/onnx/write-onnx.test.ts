/** ONNX models in one file and in two. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispose, type Tensor, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, SourceError } from '../../errors/errors.ts';
import { linear } from '../../ops/linear.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { traceProgram } from '../record/trace-program.ts';
import { expectClose } from '../testing/expect-close.ts';
import { type OnnxFeed, openOnnx, RUNTIMES } from '../testing/onnx-runtime.ts';
import { fieldsOf, messagesIn, textsIn } from '../testing/protobuf.ts';
import { lowerGraph } from './lower-graph.ts';
import type { OnnxModel, OnnxTensor } from './onnx-model.ts';
import { needsExternalData, writeOnnx } from './write-onnx-node.ts';

const FEED: OnnxFeed = { type: 'float32', values: new Float32Array(40).map(Math.cos), shape: [2, 20] };

let folder: string;
let path: string;
let model: OnnxModel;
let weights: Tensor[];
let expected: Tensor;

beforeAll(async () => {
  await setDevice('cpu');
  const wide = tensor2d(new Float32Array(1000 * 20).map(Math.sin), [1000, 20]);
  const narrow = tensor2d(new Float32Array(5 * 1000).map(Math.cos), [5, 1000]);
  const bias = tensor1d([1, 2, 3, 4, 5]);
  weights = [wide, narrow, bias];
  const program = (x: Tensor) => linear(linear(x, wide), narrow, { bias });
  const input = { name: 'x', shape: [BATCH, 20], dtype: 'float32' } as const;
  model = lowerGraph(await traceProgram(({ x }) => ({ y: program(x as Tensor) }), [input]));
  expected = tidy(() => program(tensor2d(FEED.values, [2, 20])));
});

afterAll(() => dispose([expected, ...weights]));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-onnx-'));
  path = join(folder, 'model.onnx');
});

afterEach(() => rmSync(folder, { recursive: true }));

async function expectRuns(external: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const runtime of RUNTIMES) {
    const session = await openOnnx(runtime, readFileSync(path), external);
    const outputs = await session.run({ x: FEED });
    expectClose(outputs, { y: expected }, 1e-5);
    await session.release();
    dispose(outputs);
  }
}

/** What the file says of where values are. */
function placesOf(bytes: Uint8Array): Record<string, Record<string, string>> {
  const [graph] = messagesIn(fieldsOf(bytes), 7);
  if (graph === undefined) throw new Error('no graph');
  const places = messagesIn(graph, 5).map((tensor) => {
    const entries = messagesIn(tensor, 13).map((entry) => [textsIn(entry, 1)[0], textsIn(entry, 2)[0]]);
    return [textsIn(tensor, 8)[0], Object.fromEntries(entries)];
  });
  return Object.fromEntries(places);
}

test('one file', async () => {
  expect(await writeOnnx(model, path)).toEqual([path]);
  expect(readdirSync(folder)).toEqual(['model.onnx']);
  await expectRuns({});
});

test('two files: what is large stands in the second, at places that can be mapped into memory', async () => {
  const data = join(folder, 'model.onnx_data');
  expect(await writeOnnx(model, path, { externalData: true })).toEqual([path, data]);
  const values = readFileSync(data);
  const places = Object.values(placesOf(readFileSync(path)));
  const outside = places.filter(({ location }) => location !== undefined);
  expect(outside).toEqual([
    { location: 'model.onnx_data', offset: '0', length: '80000' },
    { location: 'model.onnx_data', offset: '81920', length: '20000' },
  ]);
  expect(places.length).toBeGreaterThan(2);
  for (const [i, tensor] of model.tensors.filter(({ byteLength }) => byteLength >= 1024).entries()) {
    const start = Number(outside[i]?.offset);
    expect(values.subarray(start, start + tensor.byteLength).equals(await tensor.bytes())).toBe(true);
  }
  await expectRuns({ 'model.onnx_data': values });
});

test('what is too large for one file is written in two unless one is asked for', async () => {
  const read = async () => new Uint8Array();
  const large: OnnxTensor = { name: 'w', type: 'uint8', shape: [2 ** 31], byteLength: 2 ** 31, bytes: read };
  const tooLarge = { ...model, tensors: [large] };
  expect(needsExternalData(tooLarge)).toBe(true);
  expect(needsExternalData(model)).toBe(false);
  await expect(writeOnnx(tooLarge, path, { externalData: false })).rejects.toThrow(OptionError);
  expect(readdirSync(folder)).toEqual([]);
});

test('files that are there are replaced only if that is asked for', async () => {
  writeFileSync(path, 'mine');
  await expect(writeOnnx(model, path)).rejects.toThrow(SourceError);
  expect(readdirSync(folder)).toEqual(['model.onnx']);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  await writeOnnx(model, path, { overwrite: true });
  await expectRuns({});
});

test('progress counts the bytes of values, up to all of them', async () => {
  const steps: number[][] = [];
  await writeOnnx(model, path, {
    externalData: true,
    onProgress: (written, total) => steps.push([written, total]),
  });
  const total = model.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(steps).toHaveLength(model.tensors.length);
  expect(steps.at(0)).toEqual([80000, total]);
  expect(steps.at(-1)).toEqual([total, total]);
});

test.each([true, false])(
  'a run that is stopped leaves nothing behind (two files: %s)',
  async (externalData) => {
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('stopped'));
    const running = writeOnnx(model, path, { externalData, onProgress, signal: stop.signal });
    await expect(running).rejects.toThrow('stopped');
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('values of another length than they should have are never written', async () => {
  const [first] = model.tensors;
  if (first === undefined) throw new Error('no tensors');
  const short = { ...first, bytes: async () => new Uint8Array(3) };
  await expect(writeOnnx({ ...model, tensors: [short] }, path)).rejects.toThrow(/has 3 bytes instead of/);
  expect(readdirSync(folder)).toEqual([]);
});
