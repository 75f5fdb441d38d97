/** ONNX Runtime for JavaScript, as far as it is used here. */
import { type OptionsOf, positiveInteger, value } from '../../options/rows.ts';

/** Element types of its tensors, and the arrays that hold them. */
export interface OrtArrays {
  float32: Float32Array;
  int32: Int32Array;
  bool: Uint8Array;
  uint8: Uint8Array;
}

/** A tensor of ONNX Runtime. */
export interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A model that is ready to run. */
export interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/**
 * What runs the nodes, by name or with options of its own: `cpu`, `cuda`, `coreml`, `dml`, `wasm`, `webgpu`, …; those
 * that come first are asked first.
 */
export type ExecutionProvider = string | { readonly name: string };

/** How a session is made; ONNX Runtime knows more options. */
export interface OrtSessionOptions {
  executionProviders?: readonly ExecutionProvider[];
  intraOpNumThreads?: number;
  [option: string]: unknown;
}

/** The packages `onnxruntime-node` and `onnxruntime-web`. */
export interface OnnxRuntime {
  /** `wasm` is there where the package is, or contains, WebAssembly */
  readonly env: { readonly wasm?: { numThreads?: number | undefined } | undefined };
  readonly InferenceSession: {
    create(path: string, options: OrtSessionOptions): Promise<OrtSession>;
    create(bytes: Uint8Array, options: OrtSessionOptions): Promise<OrtSession>;
  };
  readonly Tensor: new <Type extends keyof OrtArrays>(
    type: Type,
    data: OrtArrays[Type],
    dims: readonly number[],
  ) => OrtTensor;
}

/** How ONNX Runtime runs a model. */
export const ONNX_RUNTIME_OPTIONS = {
  /**
   * the package, imported by the caller: `onnxruntime-web` in browsers, where bundlers have to see it; default: the
   * `onnxruntime-node` that is installed
   */
  runtime: value<OnnxRuntime>(),
  /** what runs the nodes, such as `cpu`, `cuda`, `coreml`, `dml`, `webgpu`; default: ONNX Runtime's own, the processor */
  executionProviders: value<readonly ExecutionProvider[]>({
    refusal: ' must be a list',
    accepts: Array.isArray,
    flag: '--execution-provider <names...>',
    help: 'what ONNX Runtime computes with, such as cuda, coreml or dml (default: the processor)',
  }),
  /** threads for one forward pass; default: ONNX Runtime's own, the number of cores */
  threads: positiveInteger({ flag: '--threads <n>', help: 'threads (default: the number of cores)' }),
  /** more options of ONNX Runtime's sessions, passed on as they are */
  sessionOptions: value<Readonly<Record<string, unknown>>>(),
};

/** How ONNX Runtime runs a model. */
export interface OnnxRuntimeOptions extends OptionsOf<typeof ONNX_RUNTIME_OPTIONS> {}

/** Whether a value, such as what a module exports, has the parts that are used here. */
export function isOnnxRuntime(found: unknown): found is OnnxRuntime {
  if (!isObject(found)) return false;
  const { env, InferenceSession, Tensor } = found;
  return (
    isObject(env) &&
    isObject(InferenceSession) &&
    typeof InferenceSession.create === 'function' &&
    typeof Tensor === 'function'
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && (typeof value === 'object' || typeof value === 'function');
}
