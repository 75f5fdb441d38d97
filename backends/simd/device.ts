/** The device `simd`: WebAssembly kernels of this package, in Node and in browsers. */
import { backend, setBackend } from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import type { DeviceDefinition } from '../device.ts';

/** See `docs/backends.md`. */
export const simd: DeviceDefinition<'simd'> = {
  name: 'simd',
  missing: async () => (typeof WebAssembly === 'undefined' ? 'WebAssembly' : undefined),
  async start(options) {
    const { registerSimd } = await import('./register.ts');
    await registerSimd(options);
    if (!(await setBackend('simd'))) {
      throw new DeviceError('setDevice: the simd backend could not be started; use "cpu"');
    }
    return 'simd';
  },
  async details() {
    const { SimdBackend } = await import('./simd-backend.ts');
    const current = backend();
    if (!(current instanceof SimdBackend)) return {};
    const { threads, relaxed, int8Kernel } = current.runtime;
    return { threads, relaxedSimd: relaxed, int8Kernel };
  },
};
