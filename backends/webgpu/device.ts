/** The device `webgpu`: TF.js's WebGPU backend, in pages, and in Node on Dawn. */
import { DeviceError } from '../../errors/errors.ts';
import type { DeviceDefinition } from '../device.ts';

/** See `docs/webgpu.md`. */
export const webgpu: DeviceDefinition<'webgpu'> = {
  name: 'webgpu',
  async missing() {
    const { requestAdapter, requireFactory } = await import('./find-gpu.ts');
    try {
      await requestAdapter();
      await requireFactory();
      return undefined;
    } catch (error) {
      if (error instanceof DeviceError) return error.message;
      throw error;
    }
  },
  async start() {
    const { startWebgpu } = await import('./start.ts');
    await startWebgpu();
    return 'webgpu';
  },
};
