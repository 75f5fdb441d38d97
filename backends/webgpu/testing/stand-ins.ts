/** Packages made up for tests: a GPU that is none, and a backend for it that computes on the processor. */

/** The package `webgpu`, with the GPU `Acme a1` or none. */
export function dawn({ adapter }: { adapter: boolean }): string {
  const info = { vendor: 'acme', architecture: 'a1', description: 'driver 7' };
  return `
    exports.globals = { GPUBufferUsage: {} };
    exports.create = () => ({ requestAdapter: async () => (${adapter ? JSON.stringify({ info }) : 'null'}) });
  `;
}

/**
 * The package `@tensorflow/tfjs-backend-webgpu`. The kernel that `globalThis.broken` names gives values that are 1 % off, and
 * `all` lets it not start; `device.lose()` and `device.drop()` do what a GPU does that is lost, or can't carry out a command.
 */
export const BACKEND = `
  const { getKernelsForBackend, registerBackend, registerKernel } = require('@tensorflow/tfjs-core');
  const { MathBackendCPU } = require('@tensorflow/tfjs-backend-cpu');

  class Device extends EventTarget {
    lost = new Promise((resolve) => {
      this.lose = () => resolve({ reason: 'unknown', message: 'The driver was reset.\\nMore.' });
    });
    drop() {
      this.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new Error('Out of memory.') }));
    }
  }

  class Backend extends MathBackendCPU {
    device = new Device();
    tensorMap = this.data;
    // it would greet
    firstUse = false;
    runWebGPUProgram() {}
    uploadToGPU() {}
  }

  if (navigator.gpu !== undefined) registerBackend('webgpu', async () => {
    if (globalThis.broken === 'all') throw new Error('no device');
    return new Backend();
  }, 3);
  for (const { kernelName, kernelFunc } of getKernelsForBackend('cpu')) {
    const broken = (call) => {
      const found = kernelFunc(call);
      if (globalThis.broken === kernelName) {
        const { values } = call.backend.data.get((found[0] ?? found).dataId);
        for (let i = 0; i < values.length; i++) values[i] *= 1.01;
      }
      return found;
    };
    registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: broken });
  }
`;
