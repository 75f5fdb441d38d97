/** Products and attention of the backend `simd`, weights in 16 bits. */
import { simdKernels } from './simd-kernel.ts';

export default simdKernels('f16');
