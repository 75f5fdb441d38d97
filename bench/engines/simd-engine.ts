/** This package on its backend `simd`, in a precision. */
import { hasRelaxedSimd } from '../../backends/simd/runtime/load-kernels.ts';
import { type Precision, setDevice } from '../../lib/index.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';
import type { Engine } from './engine.ts';

/** The engine with weights rounded to a precision. */
export function simdEngine(precision: Precision): Engine {
  const version = `dinov2-tfjs, ${hasRelaxedSimd() ? 'relaxed' : 'plain'} SIMD, ${precision}`;
  const prepare = async (threads: number): Promise<void> => {
    await setDevice('simd', { threads });
  };
  return dinov2Tfjs(version, prepare, { precision });
}
