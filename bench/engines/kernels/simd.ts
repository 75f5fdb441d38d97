/** Products and attention of the backend `simd`, weights in float32. */
import { simdKernels } from './simd-kernels.ts';

export default simdKernels('f32');
