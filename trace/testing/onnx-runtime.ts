/** Running ONNX models in tests, on every ONNX Runtime that is there. */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import * as web from 'onnxruntime-web';
import type { ConstantValues, GraphDtype } from '../graph/graph.ts';
import { encodeBytes } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/onnx-model.ts';

/** A build of ONNX Runtime. */
export interface Runtime {
  readonly name: string;
  readonly provider: string;
  readonly api: Pick<typeof web, 'InferenceSession' | 'Tensor'>;
}

/** What goes into a model: values of a type that ONNX has, of a shape. */
export interface OnnxFeed {
  readonly type: 'float32' | 'int32' | 'bool' | 'uint8';
  readonly values: ConstantValues;
  readonly shape: readonly number[];
}

web.env.wasm.numThreads = 1;
web.env.logLevel = 'error';

/** WebAssembly always, native code where it is installed. */
export const RUNTIMES: readonly Runtime[] = [
  { name: 'onnxruntime-web', provider: 'wasm', api: web },
  ...(await native()),
];

async function native(): Promise<Runtime[]> {
  const name: string = 'onnxruntime-node';
  try {
    const { default: api }: { default: typeof web } = await import(name);
    return [{ name, provider: 'cpu', api }];
  } catch {
    return [];
  }
}

/** A model that is ready to run. */
export interface OnnxSession {
  /** @returns the outputs by name, owned by the caller */
  run(feeds: Readonly<Record<string, OnnxFeed>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/**
 * Opens a model in memory.
 *
 * @param model the model, or a file's bytes
 * @param external the bytes of a second file, by its name
 */
export async function openOnnx(
  { api, provider }: Runtime,
  model: OnnxModel | Uint8Array,
  external: Readonly<Record<string, Uint8Array>> = {},
): Promise<OnnxSession> {
  const bytes = model instanceof Uint8Array ? model : await encodeBytes(model);
  const externalData = Object.entries(external).map(([path, data]) => ({ path, data }));
  const session = await api.InferenceSession.create(bytes, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    ...(externalData.length > 0 && { externalData }),
  });
  return {
    async run(feeds) {
      const tensors = Object.entries(feeds).map(([name, { type, values, shape }]) => [
        name,
        new api.Tensor(type, values, shape),
      ]);
      const results = await session.run(Object.fromEntries(tensors));
      return Object.fromEntries(Object.entries(results).map(([name, result]) => [name, ownTensor(result)]));
    },
    release: () => session.release(),
  };
}

function ownTensor({ type, data, dims }: web.Tensor): Tensor {
  const dtypes: Readonly<Record<string, GraphDtype>> = { float32: 'float32', int32: 'int32', bool: 'bool' };
  const dtype = dtypes[type];
  if (dtype === undefined) throw new Error(`expected an output that TF.js has a dtype for, got ${type}`);
  return tensor((data as ConstantValues).slice(), [...dims], dtype);
}
