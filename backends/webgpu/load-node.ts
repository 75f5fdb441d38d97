/** What Node lacks for WebGPU: `navigator.gpu`, from the package `webgpu`, and TF.js's backend. */
import { DeviceError } from '../../errors/errors.ts';
import { importPackage, reasonAgainst } from '../../platform/import-package-node.ts';

/** The package that brings Dawn, Chromium's WebGPU, as far as it is used here. */
interface Dawn {
  create(options: readonly string[]): GPU;
  /** `GPUBufferUsage` and the like */
  readonly globals: Readonly<Record<string, unknown>>;
}

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
  const { create, globals } = await requirePackage<Dawn>(DAWN);
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
  await requirePackage(BACKEND);
}

async function requirePackage<Module>(name: string): Promise<Module> {
  try {
    return (await importPackage(name)) as Module;
  } catch (error) {
    throw new DeviceError(
      `webgpu: expected the package ${name}, got ${reasonAgainst(error)}; install it: npm install ${DAWN} ${BACKEND}`,
      { cause: error },
    );
  }
}
