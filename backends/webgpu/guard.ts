/**
 * A GPU that fails does so in silence: commands are dropped, and reading gives zeros. The guard makes an error of it.
 *
 * WebGPU reports a lost device and a command it could not carry out (memory that is not there, a tensor larger than a
 * binding may be) by events. From then on everything the backend computes or reads throws.
 */
import type { DataId, KernelBackend } from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import { firstLine } from '../first-line.ts';

/** What is used of TF.js's backend. */
export interface WebgpuBackend extends KernelBackend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: DataId): { readonly values: unknown } };
  runWebGPUProgram(...inputs: unknown[]): unknown;
  uploadToGPU(dataId: DataId): void;
}

/** Why backends have failed, in words. */
const failures = new WeakMap<KernelBackend, string>();
const guarded = new WeakSet<KernelBackend>();

/** Whether a backend has what the guard needs. */
export function isWebgpuBackend(backend: KernelBackend): backend is WebgpuBackend {
  return 'device' in backend && 'tensorMap' in backend && 'runWebGPUProgram' in backend;
}

/** Whether nothing is known against a backend. */
export function isWorking(backend: KernelBackend): boolean {
  return !failures.has(backend);
}

/**
 * Watches over a backend from now on.
 *
 * @param name the GPU, for messages
 */
export function guard(backend: WebgpuBackend, name: string): void {
  if (guarded.has(backend)) return;
  guarded.add(backend);
  const { device } = backend;
  const fail = (got: string): void => {
    if (isWorking(backend)) failures.set(backend, `webgpu: expected ${name} to compute, got ${got}`);
  };
  device.lost.then(({ reason, message }) => fail(`device lost (${reason}): ${firstLine(message)}`));
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    fail(firstLine(event.error.message));
  });
  const requireWorking = (): void => {
    const failure = failures.get(backend);
    if (failure === undefined) return;
    throw new DeviceError(
      `${failure}; call setDevice("webgpu") again and load models anew, with fewer or smaller images if memory ran out, or use "simd"`,
    );
  };
  const { read, readSync, runWebGPUProgram, uploadToGPU } = backend;
  const replacements: Partial<WebgpuBackend> = {
    async read(dataId) {
      requireWorking();
      try {
        return await read.call(backend, dataId);
      } catch (error) {
        // the loss of the device is told after the failures that come of it
        await new Promise((resolve) => setTimeout(resolve));
        requireWorking();
        throw error;
      } finally {
        requireWorking();
      }
    },
    readSync(dataId) {
      requireWorking();
      if (typeof OffscreenCanvas === 'undefined' && backend.tensorMap.get(dataId).values == null) {
        throw new DeviceError(
          'webgpu: expected an asynchronous read, got dataSync() or arraySync(); use await tensor.data(), after which the values are there',
        );
      }
      return readSync.call(backend, dataId);
    },
    runWebGPUProgram(...inputs) {
      requireWorking();
      return runWebGPUProgram.apply(backend, inputs);
    },
    uploadToGPU(dataId) {
      requireWorking();
      uploadToGPU.call(backend, dataId);
    },
  };
  Object.assign(backend, replacements);
}
