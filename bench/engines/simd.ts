/** This package on its backend `simd`. */
import { simdEngine } from './simd-engine.ts';

export default simdEngine('f32');
