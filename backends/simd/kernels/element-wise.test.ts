/** Kernels that work value by value, in sizes that divide by nothing, against TF.js's own and exact functions. */
import {
  abs,
  add,
  div,
  erf,
  exp,
  maximum,
  minimum,
  mul,
  neg,
  reciprocal,
  relu,
  removeBackend,
  rsqrt,
  sigmoid,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { gelu } from '../../../ops/gelu.ts';
import { noise } from '../../../testing/noise.ts';
import { registerSimd } from '../register.ts';
import { expectClose, expectSame, noiseTensor, resultsOn } from '../testing/on-both.ts';

const [NONE, INFINITE] = [Number.NaN, Number.POSITIVE_INFINITY];

beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
afterAll(() => removeBackend('simd'));

describe('one operand', () => {
  // kernels take over at 1,024 values; an item is 8,192
  const SIZES = [1024, 1027, 1030, 8193, 70_003];

  test.each<[string, (x: Tensor) => Tensor]>([
    ['abs', abs],
    ['neg', neg],
    ['relu', relu],
    ['square', square],
  ])('%s gives the same bits', async (_, op) => {
    for (const size of SIZES) await expectSame(() => op(noiseTensor([size], 2, (x) => 9 * x)));
    const special = Float32Array.from({ length: 1026 }, (_, i) => [NONE, INFINITE, -INFINITE, 0, -2][i % 5]!);
    await expectSame(() => op(tensor(special)));
  });

  test.each<[string, (x: Tensor) => Tensor]>([
    ['sqrt', sqrt],
    ['rsqrt', rsqrt],
    ['reciprocal', reciprocal],
  ])('%s', async (_, op) => {
    for (const size of SIZES) {
      await expectSame(() => op(noiseTensor([size], 2, (x) => Math.abs(9 * x) + 0.01)), 2e-7);
    }
  });

  test('exp and sigmoid over the range of float32', async () => {
    const x = noise(8195, 4).map((value, i) => (i % 2 ? 4 : 95) * value);
    x.set([0, 88.7, 89.5, -87.3, -104, -INFINITE, INFINITE, NONE]);
    const [powers] = await resultsOn('simd', () => exp(tensor(x)));
    for (const [i, power] of (powers?.values ?? []).entries()) {
      const expected = Math.fround(Math.exp(x[i]!));
      if (expected === power || (Number.isNaN(expected) && Number.isNaN(power))) continue;
      // what is no normal number may be zero
      const distance = Math.abs(power / expected - 1);
      expect(expected < 2 ** -126 ? 0 : distance).toBeLessThan(3e-7);
    }
    expect(powers?.values.length).toBe(x.length);
    // e^−104 and e^−∞ are nothing at all
    expect([...(powers?.values.subarray(4, 6) ?? [])]).toEqual([0, 0]);
    const [squashed] = await resultsOn('simd', () => sigmoid(tensor(x)));
    expectClose(
      squashed?.values ?? new Float32Array(0),
      Array.from(x, (value) => 1 / (1 + Math.exp(-value))),
      3e-7,
    );
  });

  test('erf and gelu, tails and signs included', async () => {
    for (const size of [1025, 8194]) {
      const x = (value: number, i: number) => (i % 3 ? 3 : 12) * value;
      // TF.js's polynomial is within 1.5e-7 itself
      await expectSame(() => erf(noiseTensor([size], 5, x)), 4e-7);
      await expectSame(() => gelu(noiseTensor([size], 5, x)), 4e-7 * 6);
    }
    const [far] = await resultsOn('simd', () => gelu(tensor(new Float32Array(1024).fill(-30))));
    expect(Math.max(...Array.from(far?.values ?? [], Math.abs))).toBeLessThan(1e-25);
    const [small] = await resultsOn('simd', () => gelu(tensor([-1.5, 2], [2])));
    expectClose(small?.values ?? new Float32Array(0), [-0.1002108, 1.95449974], 1e-6);
  });
});

describe('two operands', () => {
  const OPERATIONS = { add, sub, mul, div, maximum, minimum };

  test.each<[number[], number[]]>([
    [[1027], [1027]],
    [[30, 40], [40]],
    [[40], [30, 40]],
    [[1], [1029]],
    [[1030], [1]],
    [
      [130, 9],
      [130, 1],
    ],
    [
      [130, 1],
      [130, 9],
    ],
    [
      [130, 1],
      [1, 11],
    ],
    [
      [5, 1, 9, 30],
      [1, 4, 1, 30],
    ],
    [
      [3, 1, 5, 21],
      [3, 7, 1, 21],
    ],
    [
      [7, 3, 1, 50],
      [3, 5, 50],
    ],
    [
      [2, 1, 2, 1, 3, 21],
      [1, 3, 1, 2, 1, 21],
    ],
    [
      [2, 1, 2, 1, 2, 1, 9],
      [1, 3, 1, 3, 1, 3, 9],
    ],
    [
      [2, 1, 2, 1, 2, 1, 2, 9],
      [1, 3, 1, 3, 1, 3, 1, 9],
    ],
    [
      [400, 5],
      [400, 1],
    ],
    [
      [3, 20_001],
      [3, 1],
    ],
    [[300, 250], [250]],
  ])('%p and %p', async (a, b) => {
    for (const op of Object.values(OPERATIONS)) await expectSame(() => op(noiseTensor(a), noiseTensor(b, 2)));
  });

  test('what is not float32 is left to TF.js', async () => {
    const whole = (): Tensor =>
      tensor(
        Int32Array.from({ length: 1100 }, (_, i) => i),
        [1100],
        'int32',
      );
    await expectSame(() => add(whole(), whole()));
    await expectSame(() => sum(whole()));
  });
});
