/** ONNX Runtime's interface for JavaScript, as far as it is used, and an engine on it. */
import { join } from 'node:path';
import type { Engine } from './engine.ts';

/** A tensor of ONNX Runtime. */
export interface OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A model that is ready to run. */
export interface OrtSession {
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** How a session is made. */
export interface OrtSessionOptions {
  executionProviders: string[];
  intraOpNumThreads: number;
  interOpNumThreads: number;
}

/** The packages `onnxruntime-web` and `onnxruntime-node`. */
export interface OnnxRuntime {
  readonly env: { wasm: { numThreads?: number } };
  readonly InferenceSession: { create(path: string, options: OrtSessionOptions): Promise<OrtSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

/** What `python/prepare.py` has quantised, under the name transformers.js looks for. */
export const QUANTISED = 'model_quantized.onnx';

/** Makes sessions with a number of threads. */
export type OpenSession = (path: string, threads: number) => Promise<OrtSession>;

/**
 * @param start the package, imported at the first use
 * @param provider `cpu` is native code, `wasm` WebAssembly
 */
export function sessions(start: () => Promise<OnnxRuntime>, provider: 'cpu' | 'wasm'): OpenSession {
  return async (path, threads) => {
    const runtime = await start();
    runtime.env.wasm.numThreads = threads;
    return runtime.InferenceSession.create(path, {
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
  };
}

/**
 * The exported model on ONNX Runtime, with the default optimisations of the graph: all.
 *
 * @param fileOf the model's name for images of a height and width
 */
export function onnxEngine(
  version: string,
  start: () => Promise<OnnxRuntime>,
  open: OpenSession,
  fileOf: (image: number) => string = () => 'model.onnx',
): Engine {
  let session: OrtSession | undefined;
  return {
    version,
    async load(folder, threads, image) {
      session = await open(join(folder, 'onnx', fileOf(image)), threads);
    },
    async run({ data, shape }) {
      const { Tensor } = await start();
      const output = await session?.run({ pixel_values: new Tensor('float32', data, shape) });
      const hidden = output?.last_hidden_state;
      if (hidden === undefined) throw new Error('bench: load() comes first');
      return hidden.data;
    },
    async close() {
      await session?.release();
    },
  };
}
