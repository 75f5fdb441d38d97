/** What Node lacks for WebGPU: `navigator.gpu`, from the package `webgpu`, and TF.js's backend. */
import { DeviceError } from '../../errors/errors.ts';

/** The package that brings Dawn, Chromium's WebGPU, as far as it is used here. */
interface Dawn {
  create(options: readonly string[]): GPU;
  /** `GPUBufferUsage` and the like */
  readonly globals: Readonly<Record<string, unknown>>;
}

/** Not literals where they are imported: the packages need not be there when this one is compiled or bundled. */
const DAWN = 'webgpu';
const BACKEND = '@tensorflow/tfjs-backend-webgpu';

/** Dawn aborts the process when this object is collected. It does not keep Node from ending. */
let gpu: GPU | undefined;

/**
 * Sets `navigator.gpu` and the globals of WebGPU, unless they are there, as they are in Deno.
 *
 * @throws DeviceError if the package is not installed, or can't be loaded
 */
export async function provideGpu(): Promise<void> {
  if (globalThis.navigator?.gpu !== undefined) return;
  const { create, globals } = await importPackage<Dawn>(DAWN);
  gpu ??= create([]);
  Object.assign(globalThis, globals);
  // Node has a navigator since version 21, with this as userAgent
  const navigator = globalThis.navigator ?? { userAgent: `Node.js/${process.versions.node.split('.', 1)}` };
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true, writable: true });
  }
}

/**
 * Lets TF.js's backend register itself, which it does where `navigator.gpu` is there when it is first imported.
 *
 * @throws DeviceError if the package is not installed, or can't be loaded
 */
export async function importBackend(): Promise<void> {
  await importPackage(BACKEND);
}

async function importPackage<Module>(name: string): Promise<Module> {
  try {
    return await import(name);
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const got = absent ? 'no such package' : error instanceof Error ? error.message : String(error);
    throw new DeviceError(
      `webgpu: expected the package ${name}, got ${got}; install it: npm install ${DAWN} ${BACKEND}`,
      { cause: error },
    );
  }
}
