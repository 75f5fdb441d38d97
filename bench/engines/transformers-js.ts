/** transformers.js, as far as it is used, and an engine on it. */
import { basename, dirname } from 'node:path';
import { importPeer } from '../../peers/peer.ts';
import type { Engine } from './engine.ts';
import type { OrtSessionOptions, OrtTensor } from './onnx-runtime.ts';

/** What transformers.js calls the file it takes. */
type Dtype = 'fp32' | 'q8';

interface ModelOptions {
  device: string;
  dtype: Dtype;
  session_options: OrtSessionOptions;
}

interface Model {
  (inputs: { pixel_values: OrtTensor }): Promise<{ last_hidden_state: OrtTensor }>;
  dispose(): Promise<unknown>;
}

interface Extractor {
  (image: string): Promise<OrtTensor>;
  dispose(): Promise<unknown>;
}

interface TransformersJs {
  readonly env: {
    localModelPath: string;
    allowLocalModels: boolean;
    allowRemoteModels: boolean;
    backends: { onnx: { wasm?: { numThreads?: number; wasmPaths?: unknown } } };
  };
  readonly AutoModel: { from_pretrained(model: string, options: ModelOptions): Promise<Model> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  pipeline(task: 'image-feature-extraction', model: string, options: ModelOptions): Promise<Extractor>;
}

/**
 * @param version for the record
 * @param device what transformers.js calls the engine it runs on
 * @param provider what ONNX Runtime calls it
 * @param before runs before the package is imported
 * @param dtype which file of the model
 */
export function transformersJs(
  version: string,
  device: string,
  provider: 'cpu' | 'wasm',
  before: () => void,
  dtype: Dtype = 'fp32',
): Engine {
  let library: TransformersJs | undefined;
  let model: Model | undefined;
  let extractor: Extractor | undefined;
  const start = async (folder: string, threads: number): Promise<TransformersJs> => {
    before();
    library = await importPeer<TransformersJs>('@huggingface/transformers');
    const { env } = library;
    env.localModelPath = dirname(folder);
    env.allowLocalModels = true;
    env.allowRemoteModels = false;
    const { wasm } = env.backends.onnx;
    if (wasm !== undefined) {
      wasm.numThreads = threads;
      // the default is an address on a server; the package finds its own file
      delete wasm.wasmPaths;
    }
    return library;
  };
  const optionsFor = (threads: number): ModelOptions => ({
    device,
    dtype,
    session_options: { executionProviders: [provider], intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  return {
    version,
    async load(folder, threads) {
      const { AutoModel } = await start(folder, threads);
      model = await AutoModel.from_pretrained(basename(folder), optionsFor(threads));
    },
    async run({ data, shape }) {
      if (library === undefined || model === undefined) throw new Error('bench: load() comes first');
      const output = await model({ pixel_values: new library.Tensor('float32', data, shape) });
      return output.last_hidden_state.data;
    },
    async openEmbedder(folder, threads) {
      const { pipeline } = await start(folder, threads);
      extractor = await pipeline('image-feature-extraction', basename(folder), optionsFor(threads));
      const extract = extractor;
      return async (image) => {
        const { data, dims } = await extract(image);
        return data.subarray(0, dims.at(-1));
      };
    },
    async close() {
      await model?.dispose();
      await extractor?.dispose();
    },
  };
}
