/** Every gradient that PyTorch computed, on the devices that run inside of the test runner; `simd` with its kernels for any size. */
import { setBackend } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { registerSimd } from '../backends/simd/register.ts';
import { checkGradients } from './testing/check-gradients.ts';
import { GRADIENT_CASES, gradientModel, readGradientCase } from './testing/gradient-cases.ts';

async function startSimd(): Promise<void> {
  await registerSimd({ threads: 2, everySize: true });
  await setBackend('simd');
}

describe.each([
  ['cpu', () => setDevice('cpu')],
  ['simd', startSimd],
] as const)('on %s', (_, start) => {
  beforeAll(start);

  test.each(GRADIENT_CASES)('$name', async (example) => {
    expect(await checkGradients(gradientModel(example), await readGradientCase(example))).toEqual([]);
  });
});
