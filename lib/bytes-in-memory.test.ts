/** Every public function that takes bytes gives the same answer for the same bytes, whatever holds them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Bytes } from '../bytes/bytes-of.ts';
import { KINDS_OF_BYTES } from '../bytes/testing/kinds-of-bytes.ts';
import type { EngineGraph } from '../graph/engines/engine.ts';
import { GraphEngine } from '../graph/engines/testing/graph-engine.ts';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { openWeightsFile } from '../weights/weights-file.ts';
import { widen } from '../weights/widen.ts';
import type { AnyModel } from './families/families.ts';
import {
  type ArrayInput,
  AutoBackbone,
  AutoImageProcessor,
  AutoModel,
  AutoModelForImageClassification,
  BitImageProcessor,
  CompiledGraph,
  CompiledModel,
  classify,
  convert,
  convertToOnnx,
  DINOV2_PROCESSOR,
  Dinov2Backbone,
  Dinov2ForImageClassification,
  Dinov2Model,
  decodeImage,
  embed,
  loadForReference,
  type PixelValues,
  readReference,
  type TracedGraph,
  trace,
  verifyReference,
} from './index.ts';
import { SMALL, waves } from './testing/small-model.ts';

const FIXTURES = new URL('../conformance/fixtures/', import.meta.url).pathname;
const read = (file: string): Uint8Array => new Uint8Array(readFileSync(`${FIXTURES}${file}`));

/** A holder of bytes, and what a function makes of bytes so held. */
type Hold = (bytes: Uint8Array) => Bytes;
type Answer = (hold: Hold) => Promise<unknown>;

async function image(name: string): Promise<Uint8Array> {
  return (await openSafetensors(memorySource(read(`images/${name}.safetensors`)), name)).read('image_file');
}

const IMAGES = ['jpeg-420', 'jpeg-cmyk', 'png-rgb', 'webp-alpha', 'gif', 'bmp-24'];

/** A function of an image of each format. */
function ofImages(answer: (bytes: Bytes) => Promise<NodeJS.TypedArray>): Answer {
  return async (hold) => {
    const digests: string[] = [];
    for (const name of IMAGES) {
      const values = await answer(hold(await image(name)));
      digests.push(createHash('sha256').update(values).digest('hex'));
    }
    return digests;
  };
}

/** Resizes nothing, which takes longer than decoding. */
const PLAIN = new BitImageProcessor({ ...DINOV2_PROCESSOR, doResize: false });

const LINEAR = 'models/linear-4';

/** The files of a model. */
function files(hold: Hold, folder = LINEAR, weights = 'model.safetensors'): Record<string, Bytes> {
  const model = read(`${folder}/${weights}`);
  return { 'config.json': hold(read(`${folder}/config.json`)), [weights]: hold(model) };
}

/** The weights of a model, from a function that loads one. */
function ofWeights(
  load: (files: Record<string, Bytes>, hold: Hold) => Promise<AnyModel>,
  folder = LINEAR,
): Answer {
  return async (hold) => {
    using model = await load(files(hold, folder), hold);
    using output = model.forward(waves([1, 3, 24, 24]));
    return output.tensors.flatMap((tensor) => [...tensor.dataSync()]);
  };
}

const PROCESSOR = new TextEncoder().encode('{"size": {"shortest_edge": 30}, "do_center_crop": false}');

/** The files that a function writes, in a folder that is removed afterwards. */
async function written(write: (target: string) => Promise<unknown>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-bytes-'));
  try {
    await write(join(folder, 'model'));
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    return names.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name)).toString('hex')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The values of a graph of the small model that takes the bytes of images. */
async function ofPixels(
  run: (graph: TracedGraph, pixels: ArrayInput) => Promise<Record<string, Tensor>>,
  hold: Hold,
): Promise<unknown> {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  const graph = await trace(model, waves([1, 3, 16, 16]), { processor: new BitImageProcessor() });
  const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * 37) % 251);
  const outputs = await run(graph, { data: hold(pixels), shape: [1, 16, 16, 3] });
  const values = Object.entries(outputs).map(([name, value]) => [name, value.dataSync()]);
  dispose(outputs);
  return values;
}

/** An engine whose graphs give what they get. */
const ECHO: EngineGraph = { run: async (feeds) => new Map(feeds), release: async () => undefined };

/** The functions of `index.ts`, each given bytes. */
const FUNCTIONS: Record<string, Answer> = {
  decodeImage: ofImages(async (bytes) => (await decodeImage(bytes)).data),
  preprocess: ofImages(async (bytes) => (await PLAIN.preprocess(bytes)).pixelValues.data),
  resizeAndCrop: ofImages(async (bytes) => (await PLAIN.resizeAndCrop([bytes])).pixels.data),
  'BitImageProcessor.fromPretrained': async (hold) =>
    (await BitImageProcessor.fromPretrained({ 'preprocessor_config.json': hold(PROCESSOR) })).config,
  'AutoImageProcessor.fromPretrained': async (hold) =>
    (await AutoImageProcessor.fromPretrained({ 'preprocessor_config.json': hold(PROCESSOR) })).config,
  'Dinov2Model.fromPretrained': ofWeights((from) => Dinov2Model.fromPretrained(from)),
  'Dinov2Backbone.fromPretrained': ofWeights((from) => Dinov2Backbone.fromPretrained(from)),
  'AutoModel.fromPretrained': ofWeights((from) => AutoModel.fromPretrained(from)),
  'AutoBackbone.fromPretrained': ofWeights((from) => AutoBackbone.fromPretrained(from)),
  'Dinov2ForImageClassification.fromPretrained, with a head': ofWeights((from, hold) =>
    Dinov2ForImageClassification.fromPretrained(from, {
      head: { 'model.safetensors': hold(read(`${LINEAR}/linear_head.safetensors`)) },
    }),
  ),
  'AutoModelForImageClassification.fromPretrained': ofWeights(
    (from) => AutoModelForImageClassification.fromPretrained(from),
    'models/classifier',
  ),
  'weights of torch.save, zip and legacy': async (hold) => {
    const values: unknown[] = [];
    for (const name of ['dtypes-zip', 'dtypes-legacy']) {
      const file = await openWeightsFile(memorySource(hold(read(`torch/${name}.pth`))), name);
      for (const [key, { dtype }] of file.tensors) values.push(key, widen(await file.read(key), dtype));
    }
    return values;
  },
  'weights of float16': ofWeights((from) => Dinov2Model.fromPretrained(from), 'models/float16'),
  convert: (hold) => written((target) => convert(files(hold), target, { to: 'timm' })),
  convertToOnnx: (hold) => written((target) => convertToOnnx(files(hold), target)),
  'loadForReference, readReference, verifyReference': async (hold) => {
    const file = await openSafetensors(
      memorySource(hold(read('references/linear-4.safetensors'))),
      'reference',
    );
    const reference = await readReference(file);
    const head = { 'model.safetensors': hold(read(`${LINEAR}/linear_head.safetensors`)) };
    using model = await loadForReference(files(hold), reference, {
      head,
      positionInterpolation: 'original',
    });
    const rows = await verifyReference(model, reference);
    expect(rows.every(({ pass }) => pass)).toBe(true);
    return rows;
  },
  'TracedGraph.run': (hold) => ofPixels((graph, pixels) => graph.run({ pixels }), hold),
  'CompiledGraph.run': (hold) =>
    ofPixels(async (graph, pixels) => {
      await using compiled = new CompiledGraph(graph, ECHO);
      return await compiled.run({ pixels });
    }, hold),
};

describe.each(Object.entries(FUNCTIONS))('%s', (_, answer) => {
  let expected: unknown;
  beforeAll(async () => {
    expected = await answer((bytes) => bytes);
  });
  test.each(KINDS_OF_BYTES)('%s', async (_kind, hold) => {
    expect(await answer(hold)).toEqual(expected);
  });
});

/** float32 values in every kind of memory that such an array may have. */
const KINDS_OF_FLOATS: readonly (readonly [string, (values: Float32Array) => Float32Array])[] = [
  ['a view in the middle of a larger array', (values) => inMemory(values, ArrayBuffer)],
  ['a view of shared memory', (values) => inMemory(values, SharedArrayBuffer)],
  ['an array of another realm', (values) => runInNewContext('Float32Array').from(values)],
];

function inMemory(values: Float32Array, Memory: typeof ArrayBuffer | typeof SharedArrayBuffer): Float32Array {
  const memory = new Float32Array(new Memory(4 * (values.length + 6))).fill(Number.NaN);
  memory.set(values, 3);
  return memory.subarray(3, 3 + values.length);
}

test.each(KINDS_OF_FLOATS)('pixel values may be %s', async (_, hold) => {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  using classifier = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 3 }), { seed: 1 });
  await using compiled = new CompiledModel(model, new GraphEngine().engine, 1);
  const graph = await trace(model, waves([1, 3, 16, 16]), { outputs: ['pooler_output'] });
  const answers = async ({ data, shape }: PixelValues): Promise<unknown> => {
    using output = model.forward({ data, shape });
    using other = await compiled.forward({ data, shape });
    const { pooler_output: traced } = await graph.run({ pixel_values: { data, shape } });
    const tensors = [output.poolerOutput, other.poolerOutput, traced].map((value) => value?.dataSync());
    traced?.dispose();
    return [tensors, await embed(model, { data, shape }), await classify(classifier, { data, shape })];
  };
  const plain = waves([1, 3, 16, 16]);
  expect(await answers({ ...plain, data: hold(plain.data) })).toEqual(await answers(plain));
});
