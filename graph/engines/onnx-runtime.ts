/** ONNX Runtime for JavaScript, as far as it is used here. */

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

/** Whether a value, such as what a module exports, has the parts that are used here. */
export function isOnnxRuntime(value: unknown): value is OnnxRuntime {
  if (!isObject(value)) return false;
  const { env, InferenceSession, Tensor } = value;
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
