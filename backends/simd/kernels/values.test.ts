/** Every other kernel in sizes that divide by nothing, against TF.js's own kernels and exact functions. */
import {
  abs,
  add,
  concat,
  div,
  erf,
  exp,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  pad,
  reciprocal,
  relu,
  removeBackend,
  rsqrt,
  setBackend,
  sigmoid,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { extractPatches } from '../../../ops/extract-patches.ts';
import { gelu } from '../../../ops/gelu.ts';
import { layerNorm } from '../../../ops/layer-norm.ts';
import { siluGate } from '../../../ops/silu-gate.ts';
import { registerSimd } from '../register.ts';
import {
  expectClose,
  expectNothingBeside,
  expectSame,
  noise,
  noiseTensor,
  resultsOn,
} from '../testing/on-both.ts';

const TOLERANCE = 2e-6;
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
    const special = Float32Array.from(
      { length: 1026 },
      (_, i) => [NONE, INFINITE, -INFINITE, 0, -2][i % 5] ?? 0,
    );
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
      const expected = Math.fround(Math.exp(x[i] ?? 0));
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

describe('rows', () => {
  test.each([
    [1, 1],
    [3, 3],
    [15, 7],
    [16, 8],
    [17, 9],
    [33, 20],
    [5, 767],
    [90, 768],
  ])('layer norm of %d rows of %d', async (rows, width) => {
    for (const epsilon of [1e-6, 0.1]) {
      await expectSame(() => {
        const x = noiseTensor([rows, width], 1, (value, i) => 3 * value + (i % 5));
        return layerNorm(
          x,
          noiseTensor([width], 2) as Tensor1D,
          noiseTensor([width], 3) as Tensor1D,
          epsilon,
        );
      }, 5e-6);
    }
  });

  test.each([
    [205, 5],
    [171, 6],
    [147, 7],
    [513, 2],
    [33, 33],
    [17, 64],
    [1, 1025],
    [1030, 1],
  ])('softmax of %d rows of %d', async (rows, width) => {
    for (const shift of [0, -200, 200]) {
      await expectSame(() => softmax(noiseTensor([rows, width], 1, (value) => 8 * value + shift)), TOLERANCE);
    }
  });

  test('softmax along another axis than the last is refused as TF.js refuses it', async () => {
    await setBackend('simd');
    const x = noiseTensor([40, 40]);
    expect(() => softmax(x, 0)).toThrow(/along a non-last dimension/);
    x.dispose();
  });

  test.each([
    [1, 1],
    [2, 3],
    [3, 4],
    [5, 7],
    [3, 1023],
    [300, 130],
  ])('the gate of SwiGLU on %d rows of twice %d', async (rows, width) => {
    await expectSame(() => siluGate(noiseTensor([rows, 2 * width], 1, (value) => 6 * value)), TOLERANCE);
  });
});

describe('reductions', () => {
  test.each<[number[], number[] | undefined]>([
    [[1027], undefined],
    [[9, 30, 7], undefined],
    [[33, 35], [1]],
    [[33, 35], [0]],
    [[350, 3], [0]],
    [[350, 3], [1]],
    [[9, 30, 5], [1]],
    [[9, 30, 66], [1]],
    [[3, 30, 65], [1]],
    [[2, 10, 130], [1]],
    [
      [3, 5, 7, 11],
      [1, 2],
    ],
    [
      [3, 5, 7, 11],
      [2, 1],
    ],
    [
      [3, 5, 7, 11],
      [2, 3],
    ],
    [
      [3, 5, 7, 11],
      [0, 2],
    ],
    [[3, 5, 7, 11], [-1]],
    [[300, 220], [1]],
  ])('of %p over %p', async (shape, axes) => {
    for (const keepDims of [false, true]) {
      for (const offset of [0, -5, 5]) {
        const x = (): Tensor => noiseTensor(shape, 1, (value) => value + offset);
        await expectSame(() => max(x(), axes, keepDims));
        await expectSame(() => min(x(), axes, keepDims));
        await expectSame(() => sum(x(), axes, keepDims), TOLERANCE);
        await expectSame(() => mean(x(), axes, keepDims), TOLERANCE);
      }
    }
  });

  test('a sum of many values keeps its last places', async () => {
    const [total] = await resultsOn('simd', () => sum(noiseTensor([100_003], 1, (value) => value + 1000)));
    const expected = noise(100_003).reduce((all, value) => all + Math.fround(value + 1000), 0);
    expectClose(total?.values ?? new Float32Array(0), [expected], 2 ** -23);
  });
});

describe('copies', () => {
  test.each<[number[], number[]]>([
    [
      [33, 35],
      [1, 0],
    ],
    [
      [32, 36],
      [1, 0],
    ],
    [
      [5, 400],
      [1, 0],
    ],
    [
      [400, 5],
      [1, 0],
    ],
    [
      [5, 6, 7, 8],
      [0, 2, 1, 3],
    ],
    [
      [5, 6, 7, 8],
      [3, 2, 1, 0],
    ],
    [
      [5, 6, 7, 8],
      [0, 3, 1, 2],
    ],
    [
      [5, 6, 7, 9],
      [1, 3, 0, 2],
    ],
    [
      [2, 9, 3, 4, 6],
      [2, 0, 3, 1, 4],
    ],
    [
      [1, 9, 1, 37, 6],
      [4, 1, 0, 2, 3],
    ],
    [
      [2, 3, 4, 3, 5, 6],
      [5, 4, 3, 2, 1, 0],
    ],
    [
      [2, 3, 2, 3, 2, 3, 8],
      [6, 4, 2, 0, 5, 3, 1],
    ],
    [
      [300, 301],
      [1, 0],
    ],
    [
      [3, 2, 60, 70],
      [1, 0, 3, 2],
    ],
  ])('%p transposed to %p', async (shape, perm) => {
    await expectSame(() => transpose(noiseTensor(shape), perm));
  });

  test.each<[number[], number[], number[]]>([
    [[2000], [3], [1100]],
    [
      [50, 60],
      [7, 0],
      [30, 60],
    ],
    [
      [50, 60],
      [0, 5],
      [50, 41],
    ],
    [
      [50, 60],
      [11, 13],
      [37, 31],
    ],
    [
      [4, 20, 30],
      [1, 0, 29],
      [3, 20, 1],
    ],
    [
      [9, 20, 30],
      [2, 3, 4],
      [5, 16, 17],
    ],
    [
      [9, 20, 30],
      [2, 3, 4],
      [-1, -1, -1],
    ],
    [
      [3, 3, 3, 3, 3, 3, 5],
      [0, 1, 0, 1, 0, 1, 0],
      [3, 2, 3, 2, 3, 2, 5],
    ],
  ])('of %p from %p a slice of %p', async (shape, begin, size) => {
    await expectSame(() => slice(noiseTensor(shape), begin, size));
  });

  test.each<[number[][], number]>([
    [[[700], [701]], 0],
    [
      [
        [20, 30],
        [5, 30],
        [17, 30],
      ],
      0,
    ],
    [
      [
        [20, 30],
        [20, 1],
        [20, 33],
      ],
      1,
    ],
    [
      [
        [3, 5, 40],
        [3, 9, 40],
      ],
      1,
    ],
    [
      [
        [3, 5, 40],
        [3, 0, 40],
        [3, 6, 40],
      ],
      -2,
    ],
    [
      [
        [300, 200],
        [300, 50],
      ],
      1,
    ],
  ])('%p joined along axis %d', async (shapes, axis) => {
    await expectSame(() =>
      concat(
        shapes.map((shape, i) => noiseTensor(shape, i + 1)),
        axis,
      ),
    );
  });

  test.each<[number[], [number, number][], number]>([
    [[1100], [[3, 2]], 0],
    [
      [30, 40],
      [
        [1, 2],
        [3, 0],
      ],
      7.5,
    ],
    [
      [5, 20, 30],
      [
        [0, 0],
        [2, 5],
        [1, 4],
      ],
      -1,
    ],
    [
      [5, 20, 30],
      [
        [1, 0],
        [0, 0],
        [0, 0],
      ],
      2,
    ],
  ])('%p padded by %p with %d', async (shape, paddings, value) => {
    await expectSame(() => pad(noiseTensor(shape), paddings, value));
  });

  test.each<[number[], number]>([
    [[3, 40, 50], 0],
    [[40, 3, 50], 1],
    [[40, 50, 3], 2],
    [[40, 50, 3], -1],
  ])('%p taken apart along axis %d', async (shape, axis) => {
    await expectSame(() => unstack(noiseTensor(shape), axis));
  });

  test.each<[number[], [number, number]]>([
    [
      [1, 1, 5, 7],
      [5, 7],
    ],
    [
      [2, 3, 28, 42],
      [14, 14],
    ],
    [
      [2, 3, 31, 45],
      [14, 14],
    ],
    [
      [2, 3, 33, 20],
      [3, 5],
    ],
    [
      [1, 4, 9, 11],
      [4, 2],
    ],
    [
      [1, 3, 224, 230],
      [14, 14],
    ],
  ])('patches of %p, each %p', async (shape, patchSize) => {
    await expectSame(() => extractPatches(noiseTensor(shape) as Tensor4D, patchSize));
  });
});

test('nothing is written beside a result', async () => {
  const x = (shape: number[]) => noiseTensor(shape);
  const cases: [number, number[], (x: Tensor) => Tensor][] = [
    [1030, [1030], abs],
    [1030, [1030], (x) => mul(x, x)],
    [260, [2, 10, 130], (x) => sum(x, 1)],
    [260, [2, 10, 130], (x) => max(x, 1)],
    [1035, [45, 23], (x) => softmax(x)],
    [1035, [45, 23], (x) => transpose(x, [1, 0])],
    [1035, [45, 46], (x) => siluGate(x)],
    [1040, [2, 520], (x) => slice(concat([x, x], 0), [1, 0], [2, 520])],
  ];
  for (const [size, shape, op] of cases) {
    await expectNothingBeside(size, () => {
      const input = x(shape);
      return () => op(input);
    });
  }
});
