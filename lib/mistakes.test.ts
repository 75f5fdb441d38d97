/** What users of other libraries, and of JavaScript without types, get wrong at first, and what they are told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Tensor4D, zeros } from '@tensorflow/tfjs-core';
import { Dinov2Error } from '../errors/errors.ts';
import * as library from './index.ts';
import { SMALL, waves } from './testing/small-model.ts';

const { AutoImageProcessor, AutoModel, AutoModelForImageClassification, BitImageProcessor } = library;
const { Dinov2Backbone, Dinov2ForImageClassification, Dinov2Model } = library;
const { classify, embed, trace } = library;

const MODEL = new URL('../models/digits', import.meta.url).pathname;
const PLAIN = new URL('../conformance/fixtures/models/plain-mlp', import.meta.url).pathname;
const PHOTO = new URL('../examples/pictures/digits/one.png', import.meta.url).pathname;
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 88245960\n`;

/** What JavaScript lets anybody pass. */
const any = (value: unknown): never => value as never;
const call = (of: unknown, ...values: unknown[]): unknown =>
  Reflect.apply(of as () => unknown, undefined, values);

let model: library.Dinov2Model;
let classifier: library.Dinov2ForImageClassification;
let backbone: library.Dinov2Backbone;
let gone: library.Dinov2Model;
let folder: string;
const pixels = waves([1, 3, 16, 16]);
const processor = new BitImageProcessor();

beforeAll(async () => {
  model = await Dinov2Model.fromConfig(SMALL);
  classifier = await Dinov2ForImageClassification.fromConfig(SMALL);
  backbone = await Dinov2Backbone.fromConfig(SMALL);
  gone = await Dinov2Model.fromConfig(SMALL);
  gone.dispose();
  folder = mkdtempSync(join(tmpdir(), 'dinov2-mistakes-'));
  writeFileSync(join(folder, 'pointer.png'), POINTER);
});

afterAll(() => {
  for (const each of [model, classifier, backbone]) each.dispose();
  rmSync(folder, { recursive: true });
});

/** Every call, with what its message has to say. */
const MISTAKES: readonly (readonly [what: string, call: () => unknown, message: RegExp])[] = [
  // models
  [
    'a classifier to embed',
    () => embed(any(classifier), pixels),
    /^embed: expected a Dinov2Model, got a Dinov2ForImageClassification; load it by Dinov2Model\.fromPretrained$/,
  ],
  ['a backbone to embed', () => embed(any(backbone), pixels), /got a Dinov2Backbone; load it by/],
  [
    'a model to classify',
    () => classify(any(model), pixels),
    /^classify: expected a Dinov2ForImageClassification, got a Dinov2Model; load it by Dinov2ForImageClassification\.fromPretrained$/,
  ],
  [
    'a model that is not awaited',
    () => embed(any(Dinov2Model.fromPretrained('').catch(() => {})), pixels),
    /got a promise; await it$/,
  ],
  ['no model', () => embed(any(undefined), pixels), /got undefined; load it by/],
  [
    'a name as a model',
    () => classify(any('facebook/dinov2-base'), pixels),
    /got "facebook\/dinov2-base"; load it by/,
  ],
  [
    'new with a configuration',
    () => Reflect.construct(Dinov2Model, [SMALL]),
    /^new Dinov2Model: expected .*; await Dinov2Model\.fromPretrained\(source\), or Dinov2Model\.fromConfig\(config\)/,
  ],
  [
    'new with nothing',
    () => Reflect.construct(Dinov2ForImageClassification, []),
    /await Dinov2ForImageClassification\.fromPretrained/,
  ],
  [
    'new with a source',
    () => Reflect.construct(Dinov2Backbone, [MODEL]),
    /await Dinov2Backbone\.fromPretrained/,
  ],
  [
    'new of a processor with a source',
    () => Reflect.construct(BitImageProcessor, [MODEL]),
    /got "\/.*; await BitImageProcessor\.fromPretrained\(source\)/,
  ],
  [
    'use after dispose',
    () => gone.forward(pixels),
    /^Dinov2Model: forward\(\) must come before dispose\(\), got a call after it$/,
  ],
  ['embedding after dispose', () => embed(gone, pixels), /must come before dispose\(\)/],
  ['tracing after dispose', () => trace(gone, pixels), /must come before dispose\(\)/],
  // sources
  [
    'no source',
    () => call(Dinov2Model.fromPretrained),
    /^source: expected a folder, a file, a URL, a Hub id or files in memory, got undefined$/,
  ],
  [
    'a mistyped folder',
    () => Dinov2Model.fromPretrained('./models/digit'),
    /^\.\/models\/digit: expected a folder, .* got none of this name in \.\/models; did you mean models\/digits$/,
  ],
  [
    'a mistyped file: URL',
    () => Dinov2Model.fromPretrained(`file://${MODEL}s`),
    /digitss: expected a folder/,
  ],
  [
    'a file: URL of another machine',
    () => Dinov2Model.fromPretrained('file://there/models'),
    /expected the URL of a file of this machine, got file:\/\/there\/models$/,
  ],
  [
    'a model for a source',
    () => library.convert(any(model), 'converted'),
    /^source: expected .*, got a model that is loaded; give what it was loaded from$/,
  ],
  [
    'a torch file to write',
    () => library.convert(PLAIN, 'converted.pth'),
    /^convert: target: expected .*, got "converted\.pth"; PyTorch's files are read and not written$/,
  ],
  ['a folder for an image', () => processor.preprocess(MODEL), /digits: expected a file, got a folder$/],
  [
    'a name without its folder',
    () => processor.preprocess('one.png'),
    /^one\.png: expected a path, .* got no such file in \/.+$/,
  ],
  [
    'a model without a classifier',
    () => Dinov2ForImageClassification.fromPretrained(PLAIN),
    /2 missing: head\.weight .*; this is a backbone without a head: load it by Dinov2Model or AutoModel, give the file of a classifier by the option head, or set newHead to true, with labels, to train one \(on the command line, probe and train do\)$/,
  ],
  [
    'the same, automatically',
    () => AutoModelForImageClassification.fromPretrained(PLAIN),
    /backbone without a head/,
  ],
  [
    'labels for a model without a classifier',
    () => AutoModelForImageClassification.fromPretrained(PLAIN, { labels: ['a'] }),
    /backbone without a head/,
  ],
  [
    'a head for a class without',
    () => call(AutoModel.fromPretrained, PLAIN, { head: PLAIN }),
    /got head; it is of a classifier: load it by AutoModelForImageClassification$/,
  ],
  [
    'a pointer of LFS as config',
    () => Dinov2Model.fromPretrained({ 'config.json': new TextEncoder().encode(POINTER) }),
    /config\.json: expected JSON, got a Git LFS pointer; fetch the file with git lfs pull$/,
  ],
  [
    'a pointer of LFS as settings',
    () =>
      AutoImageProcessor.fromPretrained({ 'preprocessor_config.json': new TextEncoder().encode(POINTER) }),
    /git lfs pull$/,
  ],
  [
    'a pointer of LFS as weights',
    () => Dinov2Model.fromPretrained({ 'model.safetensors': new TextEncoder().encode(POINTER) }),
    /model\.safetensors: expected a safetensors or torch file, got a Git LFS pointer; fetch the file with git lfs pull$/,
  ],
  [
    'a pointer of LFS as image',
    () => processor.preprocess(join(folder, 'pointer.png')),
    /pointer\.png: expected an image .* got a Git LFS pointer; fetch the file with git lfs pull$/,
  ],
  [
    'a configuration of JSON',
    () => Dinov2Model.fromPretrained(MODEL, { config: any({ hidden_size: 3 }) }),
    /^config: expected a Dinov2Config, .* Dinov2Config\.fromJSON makes one$/,
  ],
  // images
  [
    'a path for pixel values',
    () => embed(model, any('cat.jpg')),
    /^Dinov2Model: pixelValues must be a tensor or {data: Float32Array, shape}, got the address of an image; pass \(await processor\.preprocess\(it\)\)\.pixelValues$/,
  ],
  [
    'a Blob for pixel values',
    () => model.forward(any(new Blob(['x']))),
    /got a Blob; pass \(await processor/,
  ],
  [
    'what preprocess returns, whole',
    () => model.forward(any({ pixelValues: pixels })),
    /got { pixelValues }; pass what is in it$/,
  ],
  [
    'inputs of transformers',
    () => model.forward(any({ pixel_values: pixels })),
    /got { pixel_values }; pass what is in it, as { data, shape }$/,
  ],
  [
    'a tensor of transformers.js',
    () => model.forward(any({ dims: [1, 3, 16, 16], data: pixels.data, type: 'float32' })),
    /got a tensor of another library; pass { data: it\.data, shape: it\.dims }$/,
  ],
  [
    'pixel values that are not awaited',
    () => model.forward(any(Promise.resolve(pixels))),
    /got a promise; await it$/,
  ],
  [
    'values without a shape',
    () => model.forward(any(pixels.data)),
    /got a Float32Array alone; pass { data, shape: \[batch, channels, height, width\] }$/,
  ],
  [
    'no pixel values',
    () => model.forward(any(undefined)),
    /got undefined; process images with an image processor$/,
  ],
  [
    'an image of rows, columns and channels',
    () => model.forward(any({ data: pixels.data, shape: [16, 16, 3] })),
    /got 768 values for \[16, 16, 3\]; this looks like an image of rows, columns and channels: pass it to processor\.preprocess$/,
  ],
  [
    'no batch',
    () => model.forward(any({ data: pixels.data, shape: [3, 16, 16] })),
    /; for a batch of one image put a 1 before it, as expandDims\(0\) does$/,
  ],
  [
    'channels last',
    () => model.forward(any({ data: pixels.data, shape: [1, 16, 16, 3] })),
    /expected 3 channels, got 16 .*; this looks like NHWC, transpose it to NCHW$/,
  ],
  [
    'one channel',
    () => model.forward(waves([1, 1, 16, 16])),
    /expected 3 channels, got 1 .*; an image processor makes three channels of every image$/,
  ],
  [
    'no image',
    () => processor.preprocess(any(undefined)),
    /^image 0: expected a file's bytes, .*, got undefined$/,
  ],
  [
    'an image that is not awaited',
    () => processor.preprocess(any(readFile(PHOTO))),
    /^image 0: .* got a promise; await it$/,
  ],
  [
    'names beside images',
    () => call(processor.preprocess.bind(processor), PHOTO, ['cat']),
    /^BitImageProcessor: expected options as an object, got \["cat"\]$/,
  ],
];

test.each(MISTAKES)('%s', async (_, mistake, message) => {
  const made = async (): Promise<unknown> => mistake();
  await expect(made()).rejects.toThrow(message);
  await expect(made()).rejects.toBeInstanceOf(Dinov2Error);
});

test('file: URLs are sources and images, as text and as objects', async () => {
  const url = pathToFileURL(MODEL);
  for (const source of [url, url.href, new URL('model.safetensors', `${url.href}/`).href]) {
    using loaded = await AutoModel.fromPretrained(source);
    expect(loaded.config.hiddenSize).toBe(96);
  }
  const { config } = await AutoImageProcessor.fromPretrained(url.href);
  expect(config.cropSize).toEqual({ height: 32, width: 32 });
  const photo = pathToFileURL(PHOTO);
  const { pixelValues } = await processor.preprocess([PHOTO, photo, photo.href]);
  expect(pixelValues.shape).toEqual([3, 3, 224, 224]);
});

test('a tensor that was disposed of is named', () => {
  const tensor: Tensor4D = zeros([1, 3, 16, 16]);
  tensor.dispose();
  expect(() => model.forward(tensor)).toThrow(
    /must be a tensor that is still there, got one that is disposed/,
  );
});
