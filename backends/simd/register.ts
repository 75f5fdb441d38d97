/** Making the backend `simd` known to TF.js. */
import {
  findBackend,
  getKernel,
  getKernelsForBackend,
  type KernelConfig,
  registerBackend,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { adamWStep } from './kernels/adamw.ts';
import { fusedAttention } from './kernels/attention.ts';
import { attentionBackward } from './kernels/attention-backward.ts';
import { BINARY_KERNELS, geluBackward } from './kernels/binary.ts';
import { COPY_KERNELS } from './kernels/copy.ts';
import { fusedLinear } from './kernels/linear.ts';
import { batchMatMul, fusedMatMul } from './kernels/mat-mul.ts';
import { REDUCE_KERNELS } from './kernels/reduce.ts';
import { fusedLayerNorm, fusedSiluGate, softmax } from './kernels/rows.ts';
import { layerNormBackward, siluGateBackward } from './kernels/rows-backward.ts';
import { sgdStep } from './kernels/sgd.ts';
import { UNARY_KERNELS } from './kernels/unary.ts';
import { Runtime, type RuntimeOptions } from './runtime/runtime.ts';
import { type BackendOptions, SimdBackend } from './simd-backend.ts';

/** Options of the backend. */
export interface SimdOptions extends RuntimeOptions, BackendOptions {}

const KERNELS: readonly KernelConfig[] = [
  fusedLinear,
  fusedAttention,
  fusedLayerNorm,
  fusedSiluGate,
  softmax,
  batchMatMul,
  fusedMatMul,
  attentionBackward,
  layerNormBackward,
  siluGateBackward,
  geluBackward,
  adamWStep,
  sgdStep,
  ...UNARY_KERNELS,
  ...BINARY_KERNELS,
  ...REDUCE_KERNELS,
  ...COPY_KERNELS,
];

/** Above the CPU backend's, so that TF.js prefers it where nobody chose. */
const PRIORITY = 2;

/** The registration that is under way: whoever asks meanwhile waits for it instead of making a second memory. */
let underway: Promise<void> | undefined;

/**
 * Registers the backend `simd` and its kernels; TF.js's CPU kernels, which the import of the CPU backend in
 * `simd-backend.ts` registers, stand in for every other op.
 *
 * Where the backend is registered already, the number of threads is taken over, and how later weights are kept.
 *
 * @throws DeviceError if the engine has no WebAssembly with SIMD, or no memory for it
 * @throws OptionError if `threads` is not an integer from 1 to 256
 */
export async function registerSimd(options: SimdOptions = {}): Promise<void> {
  while (underway !== undefined) await underway.catch(() => undefined);
  const present = findBackend('simd');
  if (present instanceof SimdBackend) {
    if (options.threads !== undefined) present.runtime.setThreads(options.threads);
    if (options.halfWeights !== undefined) present.halfWeights = options.halfWeights;
    return;
  }
  underway = register(options).finally(() => {
    underway = undefined;
  });
  await underway;
}

async function register(options: SimdOptions): Promise<void> {
  const runtime = await Runtime.create(options);
  for (const config of KERNELS) {
    if (getKernel(config.kernelName, 'simd') == null) registerKernel(config);
  }
  for (const config of getKernelsForBackend('cpu')) {
    if (getKernel(config.kernelName, 'simd') == null) registerKernel({ ...config, backendName: 'simd' });
  }
  registerBackend('simd', () => new SimdBackend(runtime, options), PRIORITY);
}
