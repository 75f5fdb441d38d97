/**
 * Converts checkpoints to the folders that transformers.js reads, loads them there, on onnxruntime-node, and compares what it
 * computes with the eager forward pass on the same pixel values; and lets its pipelines have a look at an image.
 *
 * Usage: npm run build && node dist/conformance/onnx/transformers-js.js
 *
 * Needs `npm ci` in peers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setDevice } from '../../backends/devices.ts';
import { convertToOnnx } from '../../lib/conversion/convert-to-onnx.ts';
import { type Architecture, requireClass } from '../../lib/families/families.ts';
import { loadModel } from '../../lib/loading/load-model.ts';
import { importPeer, peerVersion } from '../../peers/peer.ts';
import { ROOT } from '../../peers/root.ts';
import { relativeDifference } from '../../testing/close.ts';

interface PeerTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}
type Dtype = 'fp32' | 'fp16' | 'q8';
interface PeerModel {
  (inputs: { pixel_values: PeerTensor }): Promise<Record<string, PeerTensor>>;
  dispose(): Promise<unknown>;
}
interface ModelOptions {
  dtype: Dtype;
}
interface TransformersJs {
  readonly env: { localModelPath: string; allowLocalModels: boolean; allowRemoteModels: boolean };
  readonly AutoModel: { from_pretrained(model: string, options: ModelOptions): Promise<PeerModel> };
  readonly AutoModelForImageClassification: TransformersJs['AutoModel'];
  readonly AutoProcessor: {
    from_pretrained(model: string): Promise<(image: unknown) => Promise<{ pixel_values: PeerTensor }>>;
  };
  readonly RawImage: { read(path: string): Promise<unknown> };
  pipeline(
    task: 'image-classification',
    model: string,
    options: ModelOptions,
  ): Promise<(image: string) => Promise<{ label: string; score: number }[]>>;
  pipeline(
    task: 'image-feature-extraction',
    model: string,
    options: ModelOptions,
  ): Promise<(image: string, options?: { pool: boolean }) => Promise<PeerTensor>>;
}

/**
 * Of the largest value of an output; weights of half precision are rounded to one part in 2048, and in 8 bits to one in 127, as
 * is what they are multiplied by.
 */
const TOLERANCES: Readonly<Record<Dtype, number>> = { fp32: 1e-5, fp16: 2e-3, q8: 3e-2 };
const DTYPES = ['fp32', 'fp16', 'q8'] as const satisfies Dtype[];

const CASES: readonly { name: string; source: string; architecture: Architecture; imageSize?: number }[] = [
  { name: 'digits', source: 'models/digits', architecture: 'Dinov2ForImageClassification' },
  { name: 'digits-bare', source: 'models/digits', architecture: 'Dinov2Model' },
  {
    name: 'registers',
    source: 'conformance/fixtures/models/registers-swiglu',
    architecture: 'Dinov2Model',
    imageSize: 28,
  },
];

const IMAGE = join(ROOT, 'examples/pictures/digits/eight.png');
const PHOTO = join(ROOT, 'examples/pictures/photos/chelsea.jpg');

let failed = 0;
function report(what: string, passed: boolean, figure: string): void {
  if (!passed) failed++;
  process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${what}  ${figure}\n`);
}

const peer = await importPeer<TransformersJs>('@huggingface/transformers');
process.stdout.write(`${peerVersion('@huggingface/transformers')}, ${peerVersion('onnxruntime-node')}\n`);
await setDevice('auto');
const folder = await mkdtemp(join(tmpdir(), 'dinov2-transformers-js-'));
Object.assign(peer.env, { localModelPath: folder, allowLocalModels: true, allowRemoteModels: false });
try {
  for (const { name, source, architecture, imageSize } of CASES) {
    const from = join(ROOT, source);
    for (const dtype of ['f32', 'f16', 'i8'] as const) {
      await convertToOnnx(from, join(folder, name), { architecture, imageSize, dtype });
    }
    const processor = await peer.AutoProcessor.from_pretrained(name);
    const { pixel_values } = await processor(await peer.RawImage.read(PHOTO));
    const [B = 0, C = 0, H = 0, W = 0] = pixel_values.dims;
    using model = await loadModel([requireClass(architecture)], from, {});
    using output = model.forward({ data: Float32Array.from(pixel_values.data), shape: [B, C, H, W] });
    const expected = output.named;
    const Auto =
      architecture === 'Dinov2ForImageClassification' ? peer.AutoModelForImageClassification : peer.AutoModel;
    for (const dtype of DTYPES) {
      const theirs = await Auto.from_pretrained(name, { dtype });
      const results = await theirs({ pixel_values });
      for (const [key, tensor] of expected) {
        const found = results[key];
        const difference = relativeDifference(found?.data ?? [], tensor.dataSync());
        const sameShape = String(found?.dims) === String(tensor.shape);
        const figure = `[${found?.dims}] ${difference.toExponential(2)}`;
        report(`${name} ${dtype} ${key}`, sameShape && difference <= TOLERANCES[dtype], figure);
      }
      await theirs.dispose();
    }
  }
  for (const dtype of DTYPES) {
    const classify = await peer.pipeline('image-classification', 'digits', { dtype });
    const [best] = await classify(IMAGE);
    report(
      `pipeline image-classification ${dtype}`,
      best?.label === 'eight',
      `${best?.label} ${best?.score}`,
    );
    const extract = await peer.pipeline('image-feature-extraction', 'digits-bare', { dtype });
    const pooled = await extract(IMAGE, { pool: true });
    const tokens = await extract(IMAGE);
    const first = tokens.data.subarray(0, 96);
    const apart = relativeDifference(pooled.data, first);
    report(`pipeline image-feature-extraction ${dtype}`, apart === 0, `[${pooled.dims}] of [${tokens.dims}]`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(failed === 0 ? 'all as expected\n' : `${failed} not as expected\n`);
process.exitCode = failed === 0 ? 0 : 1;
