/** Products and attention of the backend `simd`, weights in 16 bits. */
import { simdKernels } from './simd-kernels.ts';

export default simdKernels('f16');
