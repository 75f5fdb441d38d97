/** Running a program once on the recording backend. */
import {
  backend,
  engine,
  getBackend,
  getKernel,
  getKernelsForBackend,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  registerBackend,
  registerKernel,
  removeBackend,
  setBackend,
  Tensor,
  type TensorInfo,
  tidy,
} from '@tensorflow/tfjs-core';
import { OptionError, TraceError } from '../../errors/errors.ts';
import { showShape } from '../graph/dimension.ts';
import type { Graph, GraphDtype, Input, Value } from '../graph/graph.ts';
import { BorrowedConstants } from './borrowed-constants.ts';
import { callerOutside } from './caller.ts';
import { KERNEL_RULES } from './kernels/kernel-rules.ts';
import { RECORDING_BACKEND, RecordingBackend } from './recording-backend.ts';

/** Tensors by name, as a program takes and returns them. */
export type NamedTensors = Readonly<Record<string, Tensor>>;

/**
 * What can be traced: a function that computes tensors of tensors with ops of TF.js and of this library, and does
 * the same whatever their values.
 */
export type Program = (inputs: NamedTensors) => NamedTensors;

/** One input of a program, of known lengths. */
export interface Example {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: GraphDtype;
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
 * @throws TraceError if the program reads what depends on its inputs, or uses an op that graphs don't have; what the
 *   program throws
 */
export function record(
  program: Program,
  examples: readonly Example[],
  borrowed: BorrowedConstants = new BorrowedConstants(),
): Graph {
  const before = getBackend();
  const recording = new RecordingBackend(backend(), before, borrowed);
  registerKernels(before);
  registerBackend(RECORDING_BACKEND, () => recording, PRIORITY);
  try {
    use(RECORDING_BACKEND);
    return inTidy(() => {
      const inputs = examples.map((example): Input => ({ kind: 'input', ...example }));
      const given = inputs.map((input) => [input.name, symbol(recording, input)] as const);
      const returned = program(Object.fromEntries(given));
      return { inputs, outputs: outputsOf(recording, returned) };
    });
  } finally {
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

function symbol(recording: RecordingBackend, value: Value): Tensor {
  return engine().makeTensorFromTensorInfo(recording.stand(value), recording);
}

function outputsOf(recording: RecordingBackend, returned: NamedTensors): Map<string, Value> {
  const entries = Object.entries(returned);
  if (entries.length === 0) throw new OptionError('trace: expected a program that returns tensors, got none');
  return new Map(
    entries.map(([name, tensor]) => {
      if (!(tensor instanceof Tensor)) {
        throw new OptionError(
          `trace: expected a program that returns tensors by name, got ${typeof tensor} as ${name}`,
        );
      }
      return [name, recording.operand(tensor)];
    }),
  );
}

/** Makes every kernel of a backend known to the recording one, which then decides what becomes of a call. */
function registerKernels(of: string): void {
  const named = getKernelsForBackend(of).map(({ kernelName }) => kernelName);
  for (const kernelName of new Set([...named, ...Object.keys(KERNEL_RULES)])) {
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
  const depends = given.some(([, { dataId }]) => recording.isTraced(dataId));
  const behind = depends ? undefined : getKernel(kernel, recording.behindName);
  if (behind != null) return computed(recording, behind.kernelFunc, inputs, attrs);
  const rule = KERNEL_RULES[kernel];
  if (rule === undefined) {
    const shapes = given.map(([name, { shape }]) => `${name} ${showShape(shape)}`);
    throw new TraceError(
      `trace: expected ops that graphs have, got the kernel ${kernel} (${shapes.join(', ')})${callerOutside()}; compute it after the traced part, or of other ops`,
    );
  }
  const operands = Object.fromEntries(given.map(([name, info]) => [name, recording.operand(info)]));
  const results = rule({ kernel, inputs: operands, attrs });
  return isList(results) ? results.map((value) => recording.stand(value)) : recording.stand(results);
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
