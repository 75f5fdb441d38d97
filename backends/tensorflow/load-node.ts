/** The backend `tensorflow`: TensorFlow's own library, through a package that the user has installed. */
import { createRequire } from 'node:module';
import util from 'node:util';
import { findBackend, getBackend, setBackend } from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import type { DeviceOptions } from '../device.ts';
import { firstLine } from '../first-line.ts';
import { requireThreads } from '../require-threads.ts';
import { isTensorflowBackend } from './eager-ops.ts';
import { registerKernels } from './kernels.ts';

/** In a bundle of CommonJS no module knows its place. */
const require = createRequire(import.meta.url ?? `${process.cwd()}/`);

/** Whatever TensorFlow picks, or a GPU. */
export type TensorflowDevice = 'tensorflow' | 'cuda';

/** The packages that register the backend, the better one for a device first: they differ in TensorFlow's library. */
const PACKAGES: Record<TensorflowDevice, readonly string[]> = {
  tensorflow: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  cuda: ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'],
};

/** The name under which both packages register it. */
const BACKEND = 'tensorflow';

/** What TensorFlow reads when it is loaded, and never again; only what the user has not set. */
const SETTINGS = {
  // stderr is for what the user has to know; errors still come
  TF_CPP_MIN_LOG_LEVEL: '2',
  // by itself TensorFlow takes oneDNN only where there is AVX-512; elsewhere it makes products with transposed weights,
  // as all of a checkpoint's are, in two thirds of the time
  TF_ENABLE_ONEDNN_OPTS: '1',
  // GPUs since Ampere would round the factors of a product to 10 bits (TF32), an error of the order of 1e-3
  NVIDIA_TF32_OVERRIDE: '0',
};

const THREADS = 'TF_NUM_INTRAOP_THREADS';

/**
 * Loads the backend `tensorflow` if it is not registered yet, and makes it TF.js's current one.
 *
 * `cuda` is the same backend, on a GPU or not at all.
 *
 * @throws DeviceError if no package that brings it is installed, or its native add-on can't be loaded; if TensorFlow
 *   finds no GPU for `cuda`; if it is loaded already, with another number of threads
 * @throws OptionError if `threads` is not an integer from 1 to 256
 */
export async function useTensorflow(
  device: TensorflowDevice,
  { threads }: Pick<DeviceOptions, 'threads'>,
): Promise<void> {
  if (threads !== undefined) requireThreads(device, threads);
  const before = getBackend();
  supplyRemovedFunctions();
  if (findBackend(BACKEND) === null) load(device, threads);
  else if (threads !== undefined && process.env[THREADS] !== String(threads)) {
    const now = process.env[THREADS] ?? 'its own number of';
    throw new DeviceError(
      `${device}: expected ${now} threads, as TensorFlow was loaded with, got ${threads}; set them at the first use`,
    );
  }
  const backend = findBackend(BACKEND);
  if (backend !== null && (device !== 'cuda' || usesGpu(backend))) {
    if (isTensorflowBackend(backend)) registerKernels(backend);
    await setBackend(BACKEND);
    return;
  }
  // the package has chosen its backend by itself
  if (before) await setBackend(before);
  throw new DeviceError(
    backend === null
      ? `${device}: expected the package to register the backend ${BACKEND}, got none; see docs/tensorflow.md`
      : 'cuda: expected TensorFlow to find a GPU, got none; TF_CPP_MIN_LOG_LEVEL=0 shows why, see docs/tensorflow.md',
  );
}

/** The package that is installed, of those that bring a device; undefined if none is. */
export function findPackage(device: TensorflowDevice): string | undefined {
  return PACKAGES[device].find((candidate) => {
    try {
      return require.resolve(candidate) !== '';
    } catch {
      return false;
    }
  });
}

/** @throws DeviceError that says what to install, or why what is there can't be loaded */
function load(device: TensorflowDevice, threads: number | undefined): void {
  const name = findPackage(device);
  if (name === undefined) {
    throw new DeviceError(
      `${device}: expected the package ${PACKAGES[device].join(' or ')}, got neither; install it: npm install @tensorflow/tfjs-node, or see docs/tensorflow.md`,
    );
  }
  for (const [setting, value] of Object.entries(SETTINGS)) process.env[setting] ??= value;
  if (threads !== undefined) process.env[THREADS] = String(threads);
  try {
    require(name);
  } catch (error) {
    const got = firstLine(error instanceof Error ? error.message : String(error));
    throw new DeviceError(
      `${device}: expected ${name} to load, got ${got}; build its add-on, see docs/tensorflow.md`,
      { cause: error },
    );
  }
}

/**
 * The packages call two functions that Node removed in version 23, and that warn in 22. Their source has been mended,
 * but not released since (github.com/tensorflow/tfjs/pull/8425); they look them up at every call.
 */
function supplyRemovedFunctions(): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}

function usesGpu(backend: object): boolean {
  return 'isUsingGpuDevice' in backend && backend.isUsingGpuDevice === true;
}
