/** This package on its backend `simd`, with weights of 8 bits. */
import { simdEngine } from './simd-engine.ts';

export default simdEngine('i8');
