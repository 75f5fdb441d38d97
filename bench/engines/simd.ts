/** This package on its backend `simd`. */
import { hasRelaxedSimd } from '../../backends/simd/runtime/load-kernels.ts';
import { setDevice } from '../../lib/index.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';

export default dinov2Tfjs(`dinov2-tfjs, ${hasRelaxedSimd() ? 'relaxed' : 'plain'} SIMD`, async (threads) => {
  await setDevice('simd', { threads });
});
