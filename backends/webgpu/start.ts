/** Starting TF.js's WebGPU backend, and refusing one that computes wrong numbers. */
import {
  findBackend,
  findBackendFactory,
  getBackend,
  type KernelBackend,
  registerBackend,
  removeBackend,
  setBackend,
} from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import { describeAdapter, type Factory, requestAdapter, requireFactory } from './find-gpu.ts';
import { guard, isWebgpuBackend, isWorking } from './guard.ts';
import { findWrongOperation } from './self-test.ts';

const NAME = 'webgpu';

/** That of TF.js's own registration. */
const PRIORITY = 3;

/** Backends that have passed the self-test. */
const tested = new WeakSet<KernelBackend>();

/** The start that is under way: whoever asks meanwhile waits for it. */
let underway: Promise<void> | undefined;

/**
 * Makes the backend `webgpu` TF.js's current one: the one that is registered as long as it works, else a new one.
 *
 * Fused kernels of this package would be registered here, from `kernels/`, before the self-test, which then runs them.
 *
 * @throws DeviceError if there is no GPU or no package; if the GPU computes wrong numbers
 */
export async function startWebgpu(): Promise<void> {
  while (underway !== undefined) await underway.catch(() => undefined);
  underway = start().finally(() => {
    underway = undefined;
  });
  await underway;
}

async function start(): Promise<void> {
  const present = findBackend(NAME);
  if (present !== null && tested.has(present) && isWorking(present)) {
    await setBackend(NAME);
    return;
  }
  const name = describeAdapter(await requestAdapter());
  const make = await requireFactory();
  const before = getBackend();
  const reuse = present !== null && isWorking(present);
  const backend = reuse ? present : await started(name, make);
  if (!isWebgpuBackend(backend)) {
    throw new DeviceError('webgpu: expected the backend of @tensorflow/tfjs-backend-webgpu, got another');
  }
  if (!reuse) register(() => backend);
  guard(backend, name);
  await setBackend(NAME);
  try {
    await requireRightNumbers(name);
    tested.add(backend);
  } catch (error) {
    register(make);
    if (before && before !== NAME) await setBackend(before);
    throw error;
  }
}

/** What TF.js makes of the GPU. */
async function started(name: string, make: Factory): Promise<KernelBackend> {
  try {
    return await make();
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw new DeviceError(`webgpu: expected ${name} to start, got ${got}; use "simd"`, { cause: error });
  }
}

/** In place of what has the name, if anything has: users may have taken it away. */
function register(make: Factory): void {
  if (findBackendFactory(NAME)) removeBackend(NAME);
  registerBackend(NAME, make, PRIORITY);
}

async function requireRightNumbers(name: string): Promise<void> {
  const wrong = await findWrongOperation();
  if (wrong === undefined) return;
  const { operation, difference, bound } = wrong;
  throw new DeviceError(
    `webgpu: expected right numbers of ${name}, got ${operation} off by ${difference.toExponential(1)} where ${bound.toExponential(1)} is allowed; update its driver or the browser, or use "simd"`,
  );
}
