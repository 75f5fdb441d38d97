/** How a kernel of this backend is written and registered. */
import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelCall } from '../../kernel-call.ts';
import { SimdBackend } from '../simd-backend.ts';

/** A call of a kernel of this backend. */
export interface SimdCall extends KernelCall {
  backend: SimdBackend;
}

/** The kernels' threads are woken from this many multiply-adds on: some 50 µs of work. */
const SHARED_WORK = 1_000_000;

/** The same for jobs that only stream values. */
const SHARED_STREAM = 65536;

/** Below this many values a kernel of TF.js's own is as fast. */
const SMALL = 1024;

/** Whether so few values, or multiply-adds, are better left to a kernel of TF.js's own; nothing at all always is. */
export function isSmall({ everySize }: SimdBackend, values: number, small = SMALL): boolean {
  return values < small && (!everySize || values === 0);
}

/** Whether a job of so many multiply-adds is worth waking the workers. */
export function isShared({ everySize }: SimdBackend, multiplyAdds: number): boolean {
  return multiplyAdds >= SHARED_WORK || everySize;
}

/** Whether a job that streams so many values is worth waking the workers. */
export function isSharedStream({ everySize }: SimdBackend, values: number): boolean {
  return values >= SHARED_STREAM || everySize;
}

/** Runs a kernel; if it fails, for want of memory above all, the memory is as it was before. */
function attempt<Result>(call: SimdCall, run: (call: SimdCall) => Result): Result {
  return call.backend.runtime.heap.attempt(() => run(call));
}

/** A kernel for every input its op can have. */
export function kernel(kernelName: string, run: (call: SimdCall) => TensorInfo | TensorInfo[]): KernelConfig {
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs = {} }) => attempt({ inputs, backend: simd(backend), attrs }, run),
  };
}

/** A kernel for the inputs that matter; where it returns undefined, TF.js's CPU kernel does the work. */
export function kernelOrCpu(
  kernelName: string,
  run: (call: SimdCall) => TensorInfo | TensorInfo[] | undefined,
): KernelConfig {
  const cpu = getKernel(kernelName, 'cpu');
  if (cpu == null) throw new Error(`internal: no CPU kernel ${kernelName}`);
  const { kernelFunc } = cpu;
  return {
    kernelName,
    backendName: 'simd',
    kernelFunc: ({ inputs, backend, attrs = {} }) => {
      const call = { inputs, backend: simd(backend), attrs };
      return attempt(call, run) ?? kernelFunc(call);
    },
  };
}

function simd(backend: unknown): SimdBackend {
  if (!(backend instanceof SimdBackend)) throw new Error('internal: a simd kernel on another backend');
  return backend;
}
