/** Kernels along rows and over axes, in sizes that divide by nothing, against TF.js's own. */
import {
  abs,
  concat,
  max,
  mean,
  min,
  mul,
  removeBackend,
  setBackend,
  slice,
  softmax,
  sum,
  type Tensor,
  type Tensor1D,
  transpose,
} from '@tensorflow/tfjs-core';
import { layerNorm } from '../../../ops/layer-norm.ts';
import { siluGate } from '../../../ops/silu-gate.ts';
import { noise } from '../../../testing/noise.ts';
import { registerSimd } from '../register.ts';
import { expectClose, expectNothingBeside, expectSame, noiseTensor, resultsOn } from '../testing/on-both.ts';

const TOLERANCE = 2e-6;

beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
afterAll(() => removeBackend('simd'));

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
