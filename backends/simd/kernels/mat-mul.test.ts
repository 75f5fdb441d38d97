/** Products of two matrices, in sizes that divide by nothing, against TF.js's own. */
import { _FusedMatMul, engine, matMul, removeBackend, type Tensor } from '@tensorflow/tfjs-core';
import { registerSimd } from '../register.ts';
import { expectSame, noiseTensor } from '../testing/on-both.ts';

const TOLERANCE = 2e-6;

describe('without weights', () => {
  beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
  afterAll(() => removeBackend('simd'));

  test.each<[string, number[], number[], boolean, boolean]>([
    ['plain', [17, 33], [33, 19], false, false],
    ['the first transposed', [33, 17], [33, 19], true, false],
    ['the second transposed', [17, 33], [19, 33], false, true],
    ['both transposed', [33, 17], [19, 33], true, true],
    ['of a batch', [3, 2, 13, 9], [3, 2, 9, 14], false, false],
    ['of a batch, both transposed', [3, 9, 13], [3, 14, 9], true, true],
    ['with one second operand for all', [3, 2, 13, 9], [1, 1, 9, 14], false, false],
    ['with one first operand for all', [1, 13, 9], [4, 9, 14], false, false],
    ['with operands of different rank', [2, 3, 13, 9], [3, 9, 14], false, false],
    ['with columns that fill panels', [5, 40], [40, 32], false, false],
  ])('a product, %s', async (_, a, b, transposeA, transposeB) => {
    await expectSame(() => matMul(noiseTensor(a), noiseTensor(b, 2), transposeA, transposeB), TOLERANCE);
  });

  test.each<[string, number[], string]>([
    ['a bias for every column', [19], 'linear'],
    ['a bias for every row', [19, 1], 'linear'],
    ['a bias for every column and an activation', [19], 'relu'],
    ['a bias that is one value', [1], 'linear'],
    ['a bias in two axes', [19, 19], 'linear'],
  ])('a fused product with %s', async (_, bias, activation) => {
    const run = (): Tensor =>
      engine().runKernel(
        _FusedMatMul,
        { a: noiseTensor([1, 19, 33]), b: noiseTensor([1, 33, 19], 2), bias: noiseTensor(bias, 3) },
        { transposeA: false, transposeB: false, activation },
      );
    await expectSame(run, TOLERANCE);
  });
});
