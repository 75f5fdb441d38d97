/** Running a program once on the recording backend. */
import {
  backend,
  getBackend,
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type NamedTensorMap,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { OptionError, TraceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { Input, Typed, Value } from '../../ops/operation.ts';
import { showShape } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { KERNELS, kernelOf, recorded } from '../kernels/kernels.ts';
import { BorrowedConstants } from './borrowed-constants.ts';
import { callerOutside } from './caller.ts';
import { RECORDING_BACKEND, RecordingBackend } from './recording-backend.ts';

/** Tensors by name, as a program takes and returns them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * What can be traced: a function that computes tensors of tensors with ops of TF.js and of this library, and does
 * the same whatever their values.
 */
export type Program = (inputs: NamedTensors) => NamedTensors;

/** One input of a program, of known lengths. */
export interface Example extends Typed<number> {
  readonly name: string;
}

/** Never chosen by TF.js itself. */
const PRIORITY = -1000;

/**
 * Runs a program on inputs that have shapes and no values.
 *
 * TF.js's current backend is the same afterwards. What the program computes of weights alone is computed on it.
 *
 * @param borrowed the tensors from outside that the program uses, shared by the recordings of one trace
 * @returns a graph in which every length is a number
 * @throws TraceError if the program reads what depends on its inputs, or uses an op that graphs don't have; OptionError if
 *   it returns no tensors by name; what the program throws
 */
export function record(
  program: Program,
  examples: readonly Example[],
  borrowed: BorrowedConstants = new BorrowedConstants(),
): Graph {
  // starts one if none has been used yet, and so comes first
  const behind = backend();
  const before = getBackend();
  if (behind instanceof RecordingBackend) {
    throw new TraceError(
      'trace: expected to be called outside of programs, got a call from one that is being traced; trace it before',
    );
  }
  const recording = new RecordingBackend(behind, before, borrowed);
  registerKernels(before);
  registerBackend(RECORDING_BACKEND, () => recording, PRIORITY);
  try {
    use(RECORDING_BACKEND);
    return inTidy(() => {
      const inputs = examples.map((example): Input => ({ kind: 'input', ...example }));
      const given = inputs.map((input) => [input.name, recording.stand(input)] as const);
      const returned: unknown = program(Object.fromEntries(given));
      return { inputs, outputs: outputsOf(recording, returned) };
    });
  } finally {
    recording.disposeSymbols();
    use(before);
    removeBackend(RECORDING_BACKEND);
  }
}

function inTidy<Result>(run: () => Result): Result {
  const results: Result[] = [];
  tidy(() => void results.push(run()));
  return results[0] as Result;
}

/** Both backends are there already, so that this is done when the call returns. */
function use(name: string): void {
  void setBackend(name);
  if (getBackend() !== name) throw new Error(`internal: the backend ${name} did not start at once`);
}

/** @param returned whatever a program without types may return */
function outputsOf(recording: RecordingBackend, returned: unknown): Map<string, Value> {
  if (isPromise(returned)) {
    // what comes of it is of no use to anybody
    returned.then(undefined, () => {});
    throw badOutput('a promise; await what it needs before it is traced');
  }
  if (returned instanceof Tensor) throw badOutput('a tensor without a name; return { y: tensor }');
  if (typeof returned !== 'object' || returned === null) throw badOutput(shown(returned));
  const entries: [string, unknown][] = Object.entries(returned);
  if (entries.length === 0) throw badOutput('none');
  return new Map(
    entries.map(([name, tensor]) => {
      if (!(tensor instanceof Tensor)) throw badOutput(`${shown(tensor)} as ${shown(name)}`);
      if (tensor.isDisposed) throw badOutput(`one that is disposed as ${shown(name)}`);
      return [name, recording.operand(tensor)];
    }),
  );
}

function badOutput(got: string): OptionError {
  return new OptionError(`trace: expected a program that returns tensors by name, got ${got}`);
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Makes every kernel of a backend known to the recording one, which then decides what becomes of a call. */
function registerKernels(of: string): void {
  const named = getKernelsForBackend(of).map(({ kernelName }) => kernelName);
  for (const kernelName of new Set([...named, ...KERNELS.keys()])) {
    if (getKernel(kernelName, RECORDING_BACKEND) != null) continue;
    const kernelFunc: KernelFunc = ({ inputs, attrs, backend: current }) =>
      call(current as RecordingBackend, kernelName, inputs, { ...attrs });
    registerKernel({ kernelName, backendName: RECORDING_BACKEND, kernelFunc });
  }
}

function call(
  recording: RecordingBackend,
  kernel: string,
  inputs: NamedTensorInfoMap,
  attrs: Record<string, unknown>,
): TensorInfo | TensorInfo[] {
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, TensorInfo] => entry[1] !== undefined && entry[1] !== null,
  );
  if (!given.some(([, { dataId }]) => recording.isTraced(dataId))) {
    const behind = getKernel(kernel, recording.behindName);
    if (behind != null) return computed(recording, behind.kernelFunc, inputs, attrs);
    const run = kernelOf({ kernel })?.run;
    if (run !== undefined) return composed(recording, run, inputs, attrs);
  }
  if (!KERNELS.has(kernel)) {
    const shapes = given.map(([name, { shape }]) => `${name} ${showShape(shape)}`);
    throw new TraceError(
      `trace: expected ops that graphs have, got the kernel ${kernel} (${shapes.join(', ')})${callerOutside()}; compute it after the traced part, or use other ops`,
    );
  }
  const operands = Object.fromEntries(given.map(([name, info]) => [name, recording.operand(info)]));
  const results = recorded({ kernel, inputs: operands, attributes: attrs });
  return isList(results) ? results.map((value) => recording.stand(value)) : recording.stand(results);
}

/** The same where the backend behind has not the kernel, but those that its op is made of. */
function composed(
  recording: RecordingBackend,
  run: NonNullable<Kernel['run']>,
  inputs: NamedTensorInfoMap,
  attrs: Record<string, unknown>,
): TensorInfo {
  use(recording.behindName);
  try {
    const result = run(inputs as NamedTensorMap, attrs as NamedAttrMap);
    recording.own(result);
    return result;
  } finally {
    use(RECORDING_BACKEND);
  }
}

function isList(results: Value | readonly Value[]): results is readonly Value[] {
  return Array.isArray(results);
}

/** A call on known values is none of the graph's business. */
function computed(
  recording: RecordingBackend,
  kernel: KernelFunc,
  inputs: NamedTensorInfoMap,
  attrs: Record<string, unknown>,
): TensorInfo | TensorInfo[] {
  const results = kernel({ inputs, attrs: attrs as NamedAttrMap, backend: recording.behind });
  const asTensor = (info: TensorInfo): TensorInfo =>
    info instanceof Tensor ? info : recording.adopt(info, inputs);
  return Array.isArray(results) ? results.map(asTensor) : asTensor(results);
}
