/** ONNX Runtime as the engine of compiled models. */
import { DeviceError, Dinov2Error, OptionError } from '../../errors/errors.ts';
import { isNode } from '../../platform/is-node.ts';
import { encodeBytes } from '../onnx/encode-model.ts';
import { lowerGraph } from '../onnx/lower-graph.ts';
import type { OnnxModel } from '../onnx/onnx-model.ts';
import { WEIGHT_TYPES } from '../onnx/weight-type.ts';
import type {
  Engine,
  EngineArray,
  EngineFiles,
  EngineGraph,
  EnginePrecision,
  EngineSource,
} from './engine.ts';
import {
  isOnnxRuntime,
  type OnnxRuntime,
  type OnnxRuntimeOptions,
  type OrtSession,
  type OrtSessionOptions,
  type OrtTensor,
} from './onnx-runtime.ts';

const TARGET = 'ort';

/** The engine, once the package has been loaded. */
export async function onnxRuntimeEngine(options: OnnxRuntimeOptions): Promise<Engine> {
  const { threads, executionProviders, sessionOptions = {} } = options;
  const settings: OrtSessionOptions = {
    ...sessionOptions,
    ...(executionProviders && { executionProviders }),
    ...(threads && { intraOpNumThreads: threads }),
  };
  const { runtime, open, files } = await sessionsOf(options.runtime);
  const { wasm } = runtime.env;
  if (threads !== undefined && wasm !== undefined) wasm.numThreads = threads;
  const modelOf = ({ graph, byteInputs }: EngineSource, precision: EnginePrecision): OnnxModel =>
    lowerGraph(graph, { target: TARGET, weightType: WEIGHT_TYPES[precision], bytes: byteInputs });
  const ready = async (make: () => Promise<OrtSession>): Promise<EngineGraph> =>
    graphOf(runtime, await wrapError(`making a session${providersIn(settings)}`, make));
  const engine: Engine = (source, precision) => ready(() => open(modelOf(source, precision), settings));
  if (files === undefined) return engine;
  const kept: EngineFiles = {
    form: `onnx ${TARGET}`,
    write: async (source, precision, path) => files.write(modelOf(source, precision), path),
    open: (path) => ready(() => runtime.InferenceSession.create(path, settings)),
  };
  return Object.assign(engine, { files: kept });
}

interface Sessions {
  readonly runtime: OnnxRuntime;
  open(model: OnnxModel, options: OrtSessionOptions): Promise<OrtSession>;
  /** where sessions are made of files */
  readonly files?: { write(model: OnnxModel, path: string): Promise<void> };
}

async function sessionsOf(given: OnnxRuntime | undefined): Promise<Sessions> {
  if (given !== undefined) {
    if (!isOnnxRuntime(given)) {
      throw new OptionError(
        'compile: expected runtime to be the package onnxruntime-web or onnxruntime-node, got something else',
      );
    }
    const create = async (model: OnnxModel, options: OrtSessionOptions) =>
      given.InferenceSession.create(await encodeBytes(model), options);
    return { runtime: given, open: create };
  }
  if (!isNode()) {
    throw new OptionError(
      "compile: expected runtime in a browser, got none; pass the package: runtime: await import('onnxruntime-web')",
    );
  }
  const { importOnnxRuntime, openSessionByFiles, writeModel } = await import(
    '#node/graph/engines/onnx-runtime'
  );
  const runtime = await importOnnxRuntime();
  return {
    runtime,
    open: (model, options) => openSessionByFiles(runtime, model, options),
    files: { write: writeModel },
  };
}

function graphOf(runtime: OnnxRuntime, session: OrtSession): EngineGraph {
  return {
    async run(feeds) {
      const inputs = [...feeds].map(([name, array]) => [name, ortTensor(runtime, array)] as const);
      const results = await wrapError('running', () => session.run(Object.fromEntries(inputs)));
      return new Map(Object.entries(results).map(([name, result]) => [name, arrayOf(name, result)]));
    },
    release: () => session.release(),
  };
}

function ortTensor({ Tensor }: OnnxRuntime, { data, shape, dtype }: EngineArray): OrtTensor {
  if (data instanceof Float32Array) return new Tensor('float32', data, shape);
  if (data instanceof Int32Array) return new Tensor('int32', data, shape);
  return new Tensor(dtype === 'bool' ? 'bool' : 'uint8', data, shape);
}

function arrayOf(name: string, { type, data, dims }: OrtTensor): EngineArray {
  if (type === 'float32' && data instanceof Float32Array) return { data, shape: dims, dtype: 'float32' };
  if (type === 'int32' && data instanceof Int32Array) return { data, shape: dims, dtype: 'int32' };
  throw new DeviceError(
    `onnxruntime: ${name}: expected float32 in memory, got ${type} elsewhere; leave preferredOutputLocation out`,
  );
}

function providersIn({ executionProviders }: OrtSessionOptions): string {
  const names = executionProviders?.map((provider) =>
    typeof provider === 'string' ? provider : provider.name,
  );
  return names === undefined ? '' : ` on ${names.join(', ')}`;
}

/** Failures of ONNX Runtime in the words of this library. */
async function wrapError<Result>(what: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Dinov2Error) throw error;
    const got = error instanceof Error ? error.message : String(error);
    throw new DeviceError(`onnxruntime: expected success in ${what}, got ${got}`, { cause: error });
  }
}
