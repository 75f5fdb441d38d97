/** From checkpoints to ONNX files and folders; what is in the files is run where ONNX Runtime can. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as runtime from 'onnxruntime-web';
import '../../graph/testing/baseline-wasm.ts';
import { setDevice } from '../../backends/devices.ts';
import { SourceError } from '../../errors/errors.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { relativeDifference } from '../../testing/close.ts';
import { openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import { torchStateDict } from '../../weights/testing/torch-file.ts';
import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { requireClass } from '../families/families.ts';
import { loadModel } from '../loading/load-model.ts';
import { waves } from '../testing/small-model.ts';
import { type ConvertToOnnxOptions, convertToOnnx, type OnnxConversion } from './convert-to-onnx.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DIGITS = `${ROOT}models/digits`;
const model = (name: string): string => `${ROOT}conformance/fixtures/models/${name}`;

beforeAll(() => setDevice('simd', { threads: 1 }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-to-onnx-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string): string => join(folder, name);
const jsonOf = (path: string): Record<string, unknown> => JSON.parse(readFileSync(inFolder(path), 'utf8'));

/** The config.json that stands beside a fixture. */
function configOf(name: string): Dinov2Config {
  return Dinov2Config.fromJSON(JSON.parse(readFileSync(join(model(name), 'config.json'), 'utf8')));
}

/** What ONNX Runtime computes, by name. */
async function run(
  path: string,
  feeds: Record<string, runtime.Tensor>,
): Promise<Map<string, { data: Float32Array; dims: readonly number[] }>> {
  const session = await runtime.InferenceSession.create(new Uint8Array(readFileSync(path)));
  const results = Object.entries(await session.run(feeds));
  await session.release();
  return new Map(
    results.map(([name, { data, dims }]) => [name, { data: Float32Array.from(data as Float32Array), dims }]),
  );
}

/** Expects a converted file to give what the model gives for images of its size. */
async function expectSame(source: string, done: OnnxConversion, B: number): Promise<void> {
  const pixels = waves([B, done.config.numChannels, ...done.imageSize]);
  const feeds = { pixel_values: new runtime.Tensor('float32', pixels.data, [...pixels.shape]) };
  const results = await run(done.files[0] ?? '', feeds);
  using loaded = await loadModel([requireClass(done.architecture)], source, { config: done.config });
  using output = loaded.forward(pixels);
  const expected = output.named;
  expect([...results.keys()]).toEqual([...expected.keys()]);
  for (const [name, tensor] of expected) {
    expect([name, results.get(name)?.dims]).toEqual([name, tensor.shape]);
    expect(relativeDifference(results.get(name)?.data ?? [], tensor.dataSync())).toBeLessThan(1e-5);
  }
}

test('a file computes what the checkpoint computes, and the report says what it is', async () => {
  const done = await convertToOnnx(DIGITS, inFolder('digits.onnx'));
  expect(readdirSync(folder)).toEqual(['digits.onnx']);
  expect(done).toMatchObject({
    architecture: 'Dinov2ForImageClassification',
    imageSize: [32, 32],
    inputs: ['pixel_values [B, 3, 32, 32]'],
    outputs: ['logits [B, 10]'],
    files: [inFolder('digits.onnx')],
    warnings: [],
  });
  expect(done.config.hiddenSize).toBe(96);
  expect(done.bytes).toBeGreaterThan(4 * 400_000);
  await expectSame(DIGITS, done, 2);
});

test.each<[string, ConvertToOnnxOptions, Partial<OnnxConversion>]>([
  ['classifier', { architecture: 'Dinov2Model', imageSize: 24 }, { architecture: 'Dinov2Model' }],
  ['plain-mlp', { imageSize: [24, 36] }, { architecture: 'Dinov2Model', imageSize: [24, 36] }],
  ['backbone', { architecture: 'Dinov2Backbone', imageSize: 24 }, { architecture: 'Dinov2Backbone' }],
  ['registers-swiglu', { imageSize: 24, target: 'ort' }, { imageSize: [24, 24] }],
])('%s with %j', async (name, options, expected) => {
  const done = await convertToOnnx(model(name), inFolder('model.onnx'), options);
  expect(done).toMatchObject(expected);
  await expectSame(model(name), done, 1);
});

test('a checkpoint of another system, without a configuration, takes fields for what can not be inferred', async () => {
  const source = inFolder('weights.safetensors');
  cpSync(join(model('plain-mlp-original'), 'model.safetensors'), source);
  const target = inFolder('model.onnx');
  await expect(convertToOnnx(source, target, { imageSize: 24 })).rejects.toThrow(/numAttentionHeads/);
  const known = configOf('plain-mlp-original');
  const fields = { numAttentionHeads: known.numAttentionHeads };
  const done = await convertToOnnx(source, target, { imageSize: 24, fields });
  expect(done.config.numAttentionHeads).toBe(known.numAttentionHeads);
  await expectSame(source, done, 1);
  const whole = await convertToOnnx(source, target, { imageSize: 24, config: known, overwrite: true });
  expect(whole.bytes).toBe(done.bytes);
});

test('a file of PyTorch is a source', async () => {
  const source = inFolder('plain.pth');
  const { numAttentionHeads } = configOf('plain-mlp');
  writeFileSync(source, torchStateDict(await tensorsOf(await openFixture('plain-mlp'))));
  const done = await convertToOnnx(source, inFolder('model.onnx'), {
    imageSize: 24,
    fields: { numAttentionHeads },
  });
  expect(done.architecture).toBe('Dinov2Model');
  await expectSame(source, done, 1);
});

test('a head in a file of its own makes a classifier', async () => {
  const source = model('linear-4');
  const head = join(source, 'linear_head.safetensors');
  const done = await convertToOnnx(source, inFolder('model.onnx'), { head, imageSize: 24 });
  expect(done.architecture).toBe('Dinov2ForImageClassification');
  expect(done.outputs).toEqual([`logits [B, ${done.config.numLabels}]`]);
});

test('outputs may be chosen, or be all there are', async () => {
  const few = await convertToOnnx(model('plain-mlp'), inFolder('few.onnx'), {
    imageSize: 24,
    outputs: ['pooler_output', 'hidden_states.1'],
  });
  expect(few.outputs.map((text) => text.split(' ')[0])).toEqual(['pooler_output', 'hidden_states.1']);
  const all = await convertToOnnx(model('plain-mlp'), inFolder('all.onnx'), {
    imageSize: 24,
    outputHiddenStates: true,
    outputAttentions: true,
  });
  expect(all.outputs.map((text) => text.split(' ')[0])).toEqual([
    'last_hidden_state',
    'pooler_output',
    ...Array.from({ length: all.config.numHiddenLayers + 1 }, (_, i) => `hidden_states.${i}`),
    ...Array.from({ length: all.config.numHiddenLayers }, (_, i) => `attentions.${i}`),
  ]);
  expect(few.flops).toBeLessThan(all.flops);
});

test('a fixed batch is in the shapes, and the arithmetic is still that of one image', async () => {
  const free = await convertToOnnx(DIGITS, inFolder('free.onnx'));
  const fixed = await convertToOnnx(DIGITS, inFolder('fixed.onnx'), { batch: 4 });
  expect(fixed.inputs).toEqual(['pixel_values [4, 3, 32, 32]']);
  expect(fixed.outputs).toEqual(['logits [4, 10]']);
  expect(fixed.flops).toBe(free.flops);
  await expectSame(DIGITS, fixed, 4);
});

test('a model of bytes gives what preprocessing gives', async () => {
  const done = await convertToOnnx(DIGITS, inFolder('bytes.onnx'), { input: 'uint8' });
  expect(done.inputs).toEqual(['pixels [B, 32, 32, 3]']);
  const processor = await BitImageProcessor.fromPretrained(DIGITS);
  const image = new Uint8Array(readFileSync(`${ROOT}examples/pictures/digits/seven.png`));
  const { pixels } = await processor.resizeAndCrop(image);
  const feeds = { pixels: new runtime.Tensor('uint8', pixels.data, [...pixels.shape]) };
  const results = await run(inFolder('bytes.onnx'), feeds);
  const { pixelValues } = await processor.preprocess(image);
  using loaded = await Dinov2ForImageClassification.fromPretrained(DIGITS);
  using output = loaded.forward(pixelValues);
  const logits = results.get('logits')?.data ?? [];
  expect(relativeDifference(logits, output.logits.dataSync())).toBeLessThan(1e-5);
});

describe('a folder for transformers.js', () => {
  test('has the model where it is looked for, and its settings', async () => {
    const done = await convertToOnnx(DIGITS, inFolder('digits'));
    expect(readdirSync(inFolder('digits')).sort()).toEqual([
      'config.json',
      'onnx',
      'preprocessor_config.json',
    ]);
    expect(readdirSync(inFolder('digits/onnx'))).toEqual(['model.onnx']);
    expect(done.files).toEqual(
      ['onnx/model.onnx', 'config.json', 'preprocessor_config.json'].map((name) =>
        join(inFolder('digits'), name),
      ),
    );
    expect(jsonOf('digits/config.json')).toMatchObject({
      model_type: 'dinov2',
      architectures: ['Dinov2ForImageClassification'],
      id2label: { 7: 'seven' },
    });
    const { config } = await BitImageProcessor.fromPretrained(inFolder('digits'));
    expect(config).toEqual((await BitImageProcessor.fromPretrained(DIGITS)).config);
    await expectSame(DIGITS, done, 2);
  });

  test('holds both dtypes beside each other', async () => {
    await convertToOnnx(DIGITS, inFolder('digits'));
    const half = await convertToOnnx(DIGITS, inFolder('digits'), { dtype: 'f16' });
    expect(half.files[0]).toBe(join(inFolder('digits'), 'onnx/model_fp16.onnx'));
    expect(readdirSync(inFolder('digits/onnx')).sort()).toEqual(['model.onnx', 'model_fp16.onnx']);
  });

  test('holds the model in 8 bits, under the name of q8', async () => {
    const done = await convertToOnnx(DIGITS, inFolder('digits'), { dtype: 'i8' });
    expect(done.files[0]).toBe(join(inFolder('digits'), 'onnx/model_quantized.onnx'));
    const { size } = statSync(inFolder('digits/onnx/model_quantized.onnx'));
    expect(size).toBeLessThan(0.32 * statSync(join(DIGITS, 'model.safetensors')).size);
    const pixels = waves([2, 3, 32, 32]);
    const feeds = { pixel_values: new runtime.Tensor('float32', pixels.data, [...pixels.shape]) };
    const results = await run(done.files[0] ?? '', feeds);
    using rounded = await Dinov2ForImageClassification.fromPretrained(DIGITS, { precision: 'i8' });
    using output = rounded.forward(pixels);
    const difference = relativeDifference(results.get('logits')?.data ?? [], output.logits.dataSync());
    // activations are in 8 bits too
    expect(difference).toBeGreaterThan(1e-5);
    expect(difference).toBeLessThan(0.02);
  });

  test('has images cut as before, with the pixels that the model takes', async () => {
    await convertToOnnx(model('plain-mlp'), inFolder('plain'), { imageSize: [28, 42] });
    expect(jsonOf('plain/preprocessor_config.json')).toMatchObject({
      do_resize: true,
      // 256 for 224, as published, of the longer side: no image is narrower than the cut
      size: { shortest_edge: 48 },
      do_center_crop: true,
      crop_size: { height: 28, width: 42 },
    });
  });

  test('gives images of exactly the size that the model takes', async () => {
    const size = [28, 42] as const;
    await convertToOnnx(model('plain-mlp'), inFolder('plain'), { imageSize: size });
    const processor = await BitImageProcessor.fromPretrained(inFolder('plain'));
    const photo = new Uint8Array(readFileSync(`${ROOT}examples/pictures/photos/chelsea.jpg`));
    expect((await processor.preprocess(photo)).pixelValues.shape).toEqual([1, 3, ...size]);
  });

  test('is refused a model of another kind, and nothing changes', async () => {
    await convertToOnnx(DIGITS, inFolder('digits'));
    const before = readFileSync(inFolder('digits/config.json'), 'utf8');
    const other = { architecture: 'Dinov2Model', dtype: 'f16' } as const;
    const attempt = convertToOnnx(DIGITS, inFolder('digits'), other);
    await expect(attempt).rejects.toThrow(SourceError);
    await expect(attempt).rejects.toThrow(/config\.json: expected what the model needs, got another file/);
    expect(readFileSync(inFolder('digits/config.json'), 'utf8')).toBe(before);
    expect(readdirSync(inFolder('digits/onnx'))).toEqual(['model.onnx']);
    await convertToOnnx(DIGITS, inFolder('digits'), { ...other, overwrite: true });
    expect(jsonOf('digits/config.json')).toMatchObject({ architectures: ['Dinov2Model'] });
  });

  test('is not begun if the model is there already', async () => {
    await convertToOnnx(DIGITS, inFolder('digits'));
    // nor is the source looked at
    await expect(convertToOnnx(inFolder('nowhere'), inFolder('digits'))).rejects.toThrow(
      /model\.onnx: expected nothing of this name/,
    );
    await convertToOnnx(DIGITS, inFolder('digits'), { overwrite: true });
  });
});

test('what a user may not expect is said', async () => {
  const done = await convertToOnnx(model('plain-mlp'), inFolder('model.onnx'), { imageSize: 26 });
  expect(done.warnings).toEqual([
    expect.stringMatching(/26×26 pixels are no multiple of the patch; the last \d rows and \d columns/),
    expect.stringContaining('no preprocessor_config.json'),
  ]);
});

test('progress of reading and of writing, and a stop in between', async () => {
  const read: number[] = [];
  const written: number[] = [];
  const controller = new AbortController();
  const attempt = convertToOnnx(DIGITS, inFolder('new/digits'), {
    signal: controller.signal,
    onWeights: (count, total) => read.push(count / total),
    onWrite: (bytes, total) => {
      written.push(bytes / total);
      controller.abort(new Error('enough'));
    },
  });
  await expect(attempt).rejects.toThrow('enough');
  expect(read.at(-1)).toBe(1);
  expect(written).toHaveLength(1);
  expect(readdirSync(folder)).toEqual([]);
});
