/** This package on its backend `simd`, with weights of 16 bits. */
import { simdEngine } from './simd-engine.ts';

export default simdEngine('f16');
