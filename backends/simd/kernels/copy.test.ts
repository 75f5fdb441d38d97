/** Kernels that only move values, in sizes that divide by nothing, against TF.js's own. */
import {
  concat,
  pad,
  removeBackend,
  slice,
  split,
  type Tensor4D,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { extractPatches } from '../../../ops/extract-patches.ts';
import { registerSimd } from '../register.ts';
import { expectSame, noiseTensor } from '../testing/on-both.ts';

beforeAll(() => registerSimd({ threads: 2, relaxed: false }));
afterAll(() => removeBackend('simd'));

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
      [300, 301],
      [5, 7],
      [290, 292],
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

  test.each<[number[], number | number[], number]>([
    [[1027], [1000, 27], 0],
    [[60, 35], 4, 0],
    [[60, 36], 3, 1],
    [[5, 9, 40], [1, -1, 3], 1],
    [[3, 5, 7, 11], [4, 0, 3], -2],
    [[3, 400], [1, 399], -1],
  ])('%p split into %p along axis %d', async (shape, parts, axis) => {
    await expectSame(() => split(noiseTensor(shape), parts, axis));
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
