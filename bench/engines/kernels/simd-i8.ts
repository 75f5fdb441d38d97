/** Products and attention of the backend `simd`, weights in 8 bits. */
import { simdKernels } from './simd-kernels.ts';

export default simdKernels('i8');
