/** The device `webgpu`. */
import { DeviceError } from '../../errors/errors.ts';
import type { DeviceDefinition } from '../device.ts';

/** Not available yet. */
export const webgpu: DeviceDefinition<'webgpu'> = {
  name: 'webgpu',
  description: 'a GPU',
  missing: async () => 'the backend, in this version',
  async start() {
    throw new DeviceError('setDevice: webgpu is not available in this version; use "simd"');
  },
};
