/** The GPU, and TF.js's backend for it. */

import { findBackendFactory, type KernelBackend } from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import { isNode } from '../../platform/is-node.ts';

/** How TF.js makes a backend. */
export type Factory = () => KernelBackend | Promise<KernelBackend>;

/** Kept, as TF.js forgets it with a backend that is taken away. */
let factory: Factory | undefined;

/**
 * The GPU that TF.js's backend will take: browsers choose one.
 *
 * @throws DeviceError where there is no WebGPU, or no GPU for it
 */
export async function requestAdapter(): Promise<GPUAdapter> {
  if (isNode) await (await import('#node/backends/webgpu/load')).provideGpu();
  const gpu = globalThis.navigator?.gpu;
  if (gpu === undefined) {
    throw new DeviceError(
      globalThis.isSecureContext === false
        ? 'webgpu: expected a secure page, got one that is not; serve it by https or on localhost, or use "simd"'
        : 'webgpu: expected a browser with WebGPU, got one without navigator.gpu; see docs/webgpu.md for those that have it, or use "simd"',
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new DeviceError(
      'webgpu: expected a GPU that WebGPU can use, got no adapter; see docs/webgpu.md for drivers and flags, or use "simd"',
    );
  }
  return adapter;
}

/**
 * What makes TF.js's backend. In Node the package is imported, in pages the caller has to have done so, where bundlers
 * see it.
 *
 * @throws DeviceError if it is not there
 */
export async function requireFactory(): Promise<Factory> {
  if (registered() === undefined && isNode)
    await (await import('#node/backends/webgpu/load')).importBackend();
  factory ??= registered();
  if (factory !== undefined) return factory;
  throw new DeviceError(
    isNode
      ? 'webgpu: expected @tensorflow/tfjs-backend-webgpu to register itself, got nothing; import it after setDevice("webgpu"), or not at all'
      : "webgpu: expected the package @tensorflow/tfjs-backend-webgpu, got none; import it in the page: import '@tensorflow/tfjs-backend-webgpu'",
  );
}

/** TF.js gives null where its types promise a function. */
function registered(): Factory | undefined {
  return findBackendFactory('webgpu') ?? undefined;
}

/** A GPU as messages name it; browsers tell little of it, and old ones nothing. */
export function describeAdapter({ info }: { info?: Partial<GPUAdapterInfo> }): string {
  const { vendor = '', architecture = '', description = '' } = info ?? {};
  const words = [vendor, architecture].filter((word) => word !== '').join(' ') || 'a GPU without a name';
  return description === '' ? words : `${words} (${description})`;
}
