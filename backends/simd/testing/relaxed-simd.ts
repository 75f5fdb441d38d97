/** Relaxed SIMD for the tests of a file, which Node 20 has behind a flag. */
import { setFlagsFromString } from 'node:v8';
import { hasRelaxedSimd } from '../runtime/load-kernels.ts';

const FLAG = 'experimental-wasm-relaxed-simd';

if (!hasRelaxedSimd()) {
  beforeAll(() => setFlagsFromString(`--${FLAG}`));
  // a flag is the process's: files that run after this one, in the same, are to find the engine as it is
  afterAll(() => setFlagsFromString(`--no-${FLAG}`));
}
