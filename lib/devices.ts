/** Choosing the TF.js backend that computes. */
import { backend, findBackend, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import type { TensorflowDevice } from '../backends/tensorflow/load-node.ts';
import { DeviceError, OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { requireKnownOptions } from '../options/known-options.ts';

/**
 * What `setDevice` takes. `auto` is the best backend that needs no native add-on, which is `simd`. `tensorflow` and `cuda`
 * need `@tensorflow/tfjs-node`, installed by the user; `webgpu` is not available in this version and refused.
 */
export const DEVICES = ['auto', 'simd', 'cpu', 'tensorflow', 'cuda', 'webgpu'] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/** Options of `setDevice`. */
export interface DeviceOptions {
  /** threads of `simd`, and of `tensorflow` at its first use; default the number of cores */
  threads?: number | undefined;
  /**
   * whether `simd` keeps float16 and bfloat16 weights in 16 bits, widened as they are used: half the memory, the same
   * numbers, a little slower; default false. Holds for models that are loaded afterwards
   */
  halfWeights?: boolean | undefined;
}

const OPTIONS = ['threads', 'halfWeights'] as const satisfies (keyof DeviceOptions)[];

/**
 * Registers a backend if it is not registered yet, and makes it TF.js's current one.
 *
 * @returns the name TF.js knows it by
 * @throws DeviceError if it can't be used here; OptionError if there is no such device or option, or no such number of
 *   threads
 */
export async function setDevice(device: Device = 'auto', options: DeviceOptions = {}): Promise<string> {
  requireKnownOptions('setDevice', options, OPTIONS);
  switch (device) {
    case 'auto':
    case 'simd':
      return useSimd(options);
    case 'cpu':
      return useCpu();
    case 'tensorflow':
    case 'cuda':
      return useNativeCode(device, options);
    case 'webgpu':
      throw new DeviceError(`setDevice: ${device} is not available in this version; use "simd"`);
    default:
      throw new OptionError(`setDevice: expected one of ${DEVICES.join(', ')}, got ${shown(device)}`);
  }
}

/** Sets up `auto`, unless the caller has already registered and chosen a backend of TF.js. */
export async function ensureBackend(): Promise<void> {
  if (getBackend()) {
    await ready();
    backend();
    return;
  }
  await setDevice('auto');
}

async function useSimd(options: DeviceOptions): Promise<string> {
  const { registerSimd } = await import('../backends/simd/register.ts');
  await registerSimd(options);
  if (!(await setBackend('simd'))) {
    throw new DeviceError('setDevice: the simd backend could not be started; use "cpu"');
  }
  return 'simd';
}

async function useNativeCode(device: TensorflowDevice, { threads }: DeviceOptions): Promise<string> {
  if (typeof process === 'undefined' || process.versions?.node === undefined) {
    throw new DeviceError(`setDevice: ${device} is native code, expected Node, got a browser; use "simd"`);
  }
  const { useTensorflow } = await import('#node/backends/tensorflow/load');
  await useTensorflow(device, { threads });
  return 'tensorflow';
}

async function useCpu(): Promise<string> {
  if (findBackend('cpu') === null) await import('@tensorflow/tfjs-backend-cpu');
  silenceGreeting();
  if (!(await setBackend('cpu'))) throw new DeviceError('setDevice: the cpu backend could not be started');
  return 'cpu';
}

/** tfjs-backend-cpu greets Node users with an advertisement on stderr at its first write; a command must not. */
function silenceGreeting(): void {
  const cpu = findBackend('cpu');
  if (cpu !== null && 'firstUse' in cpu) cpu.firstUse = false;
}
