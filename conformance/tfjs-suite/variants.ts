/** The backends the suite runs on. */
import { setFlagsFromString } from 'node:v8';
import '@tensorflow/tfjs-backend-cpu';
import { registerSimd } from '../../backends/simd/register.ts';

/** One run of the suite. */
export interface Variant {
  /** what is different in this run */
  about: string;
  /** the name TF.js knows the backend by */
  backend: string;
  register: () => Promise<void>;
}

export const VARIANTS: Readonly<Record<string, Variant>> = {
  cpu: {
    about: 'TF.js’s own backend, to compare with',
    backend: 'cpu',
    register: async () => undefined,
  },
  simd: {
    about: 'two threads',
    backend: 'simd',
    register: () => registerSimd({ threads: 2 }),
  },
  'simd-alone': {
    about: 'no SharedArrayBuffer',
    backend: 'simd',
    register: () => {
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
      return registerSimd();
    },
  },
  'every-size': {
    about: 'two threads, our kernels for tensors of every size',
    backend: 'simd',
    register: () => registerSimd({ threads: 2, relaxed: false, everySize: true }),
  },
  'every-size-alone': {
    about: 'no SharedArrayBuffer, our kernels for tensors of every size',
    backend: 'simd',
    register: () => {
      Reflect.deleteProperty(globalThis, 'SharedArrayBuffer');
      return registerSimd({ relaxed: false, everySize: true });
    },
  },
  'every-size-relaxed': {
    about: 'two threads, relaxed SIMD, our kernels for tensors of every size',
    backend: 'simd',
    register: () => {
      // Node 20 has it behind a flag
      setFlagsFromString('--experimental-wasm-relaxed-simd');
      return registerSimd({ threads: 2, relaxed: true, everySize: true });
    },
  },
};
