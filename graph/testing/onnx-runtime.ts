/** Running ONNX models in tests: on WebAssembly, and on native code where it is installed. */
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import * as web from 'onnxruntime-web';
import './baseline-wasm.ts';
import type { ConstantValues, GraphDtype } from '../../ops/operation.ts';
import { encodeBytes } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/onnx-model.ts';

/** What goes into a model: values of a type that ONNX has, of a shape. */
export interface OnnxFeed {
  readonly type: 'float32' | 'int32' | 'bool' | 'uint8';
  readonly values: ConstantValues;
  readonly shape: readonly number[];
}

/** A model that is ready to run. */
export interface OnnxSession {
  /** @returns the outputs by name, owned by the caller */
  run(feeds: Readonly<Record<string, OnnxFeed>>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** A build of ONNX Runtime. */
export interface Runtime {
  readonly name: string;
  /** @param external the bytes of a second file, by its name */
  open(bytes: Uint8Array, external: Readonly<Record<string, Uint8Array>>): Promise<OnnxSession>;
  /** Ends what it runs in. */
  close(): void;
}

web.env.wasm.numThreads = 1;
web.env.logLevel = 'error';

const WEB: Runtime = {
  name: 'onnxruntime-web',
  async open(bytes, external) {
    const externalData = Object.entries(external).map(([path, data]) => ({ path, data }));
    const session = await web.InferenceSession.create(bytes, {
      executionProviders: ['wasm'],
      ...(externalData.length > 0 && { externalData }),
    });
    return {
      async run(feeds) {
        const tensors = Object.entries(feeds).map(([name, { type, values, shape }]) => [
          name,
          new web.Tensor(type, values, shape),
        ]);
        const results = await session.run(Object.fromEntries(tensors));
        const entries = Object.entries(results);
        return Object.fromEntries(entries.map(([name, result]) => [name, ownTensor(result)]));
      },
      release: () => session.release(),
    };
  },
  close() {},
};

/** WebAssembly always, native code where it is installed. */
export const RUNTIMES: readonly Runtime[] = isInstalled('onnxruntime-node') ? [WEB, native()] : [WEB];

afterAll(() => {
  for (const runtime of RUNTIMES) runtime.close();
});

/** Opens a model, or a file's bytes, on a runtime. */
export async function openOnnx(
  runtime: Runtime,
  model: OnnxModel | Uint8Array,
  external: Readonly<Record<string, Uint8Array>> = {},
): Promise<OnnxSession> {
  return runtime.open(model instanceof Uint8Array ? model : await encodeBytes(model), external);
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The values of an output, as both runtimes have them. */
interface Output {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

function native(): Runtime {
  const child = fork(fileURLToPath(new URL('./native-runtime.mjs', import.meta.url)), {
    serialization: 'advanced',
    execArgv: [],
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  const ready = new Promise<Answer>((resolve) => waiting.set(0, resolve));
  child.on('message', (answer) => waiting.get((answer as Answer).id)?.(answer as Answer));
  child.on('exit', (code, signal) => {
    for (const [id, answer] of waiting) answer({ id, error: `the process ended: ${code ?? signal}` });
  });
  let count = 0;
  const ask = async (action: string, details: object): Promise<{ id: number; result: unknown }> => {
    await ready;
    count++;
    const id = count;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    child.send({ action, id, ...details });
    const { result, error } = await answered;
    waiting.delete(id);
    if (error !== undefined) throw new Error(error);
    return { id, result };
  };
  return {
    name: 'onnxruntime-node',
    async open(bytes, external) {
      const externalData = Object.entries(external).map(([path, data]) => ({ path, data }));
      const { id: session } = await ask('create', { bytes, externalData });
      return {
        async run(feeds) {
          const { result } = await ask('run', { session, feeds });
          const outputs = result as (Output & { name: string })[];
          return Object.fromEntries(outputs.map((output) => [output.name, ownTensor(output)]));
        },
        async release() {
          await ask('release', { session });
        },
      };
    },
    close: () => void child.kill(),
  };
}

function ownTensor({ type, data, dims }: Output): Tensor {
  const dtypes: Readonly<Record<string, GraphDtype>> = { float32: 'float32', int32: 'int32', bool: 'bool' };
  const dtype = dtypes[type];
  if (dtype === undefined) throw new Error(`expected an output that TF.js has a dtype for, got ${type}`);
  const Values = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype];
  return tensor(new Values(data as ArrayLike<number>), [...dims], dtype);
}
