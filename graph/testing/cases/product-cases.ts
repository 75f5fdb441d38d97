/** Products of matrices, and the fused kernels of `ops/`. */
import * as tf from '@tensorflow/tfjs-core';
import {
  ones,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import { attention } from '../../../ops/attention.ts';
import { extractPatches } from '../../../ops/extract-patches.ts';
import { layerNorm } from '../../../ops/layer-norm.ts';
import { linear } from '../../../ops/linear.ts';
import { siluGate } from '../../../ops/silu-gate.ts';
import { BATCH } from '../../../shapes/batch-dimension.ts';
import { floats, type KernelCase, onOne, onTwo, truths, whole } from './kernel-case.ts';

/** [rows, columns], made anew in each run. */
function matrix(rows: number, columns: number): Tensor2D {
  return tensor2d(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1)),
    [rows, columns],
  );
}

function row(length: number): Tensor1D {
  return tensor1d(Float32Array.from({ length }, (_, i) => Math.cos(3 * i)));
}

function activated(activation: 'relu' | 'relu6' | 'elu' | 'sigmoid' | 'linear' | 'leakyrelu') {
  return (x: Tensor): Tensor =>
    tf.fused.matMul({ a: x, b: matrix(4, 3), bias: row(3), activation, leakyreluAlpha: 0.25 });
}

const PRODUCTS: readonly KernelCase[] = [
  onTwo('matMul', floats([3, 4]), floats([4, 2], 2), (a, b) => tf.matMul(a, b)),
  onTwo('matMul, both the other way round', floats([4, 3]), floats([2, 4], 2), (a, b) =>
    tf.matMul(a, b, true, true),
  ),
  onOne('matMul with a constant', floats([4]), (x) => tf.matMul(x, matrix(4, 3))),
  onOne('matMul with a constant the other way round', floats([4]), (x) =>
    tf.matMul(x, matrix(3, 4), false, true),
  ),
  onOne('matMul of a constant', floats([4, 2]), (x) => tf.matMul(tf.reshape(matrix(3, 4), [1, 3, 4]), x)),
  onOne('matMul of whole numbers', whole([4]), (x) =>
    tf.matMul(x, tensor2d([1, -2, 3, 4, 5, 6, 7, -8], [2, 4], 'int32'), false, true),
  ),
  onOne('dot', floats([4]), (x) => tf.dot(x, matrix(4, 3))),
  ...(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const).map((activation) =>
    onOne(`fused matMul with ${activation}`, floats([4]), activated(activation)),
  ),
  onOne('fused matMul with prelu', floats([4]), (x) =>
    tf.fused.matMul({
      a: x,
      b: matrix(4, 3),
      activation: 'prelu',
      preluActivationWeights: tensor1d([0.1, 0.5, 2]),
    }),
  ),
];

const LINEAR: readonly KernelCase[] = [
  onOne('linear', floats([3, 4]), (x) => linear(x, matrix(5, 4))),
  onOne('linear with bias', floats([3, 4]), (x) => linear(x, matrix(5, 4), { bias: row(5) })),
  onOne('linear with gelu', floats([3, 4]), (x) =>
    linear(x, matrix(5, 4), { bias: row(5), activation: 'gelu' }),
  ),
  onOne('linear with a residual', floats([3, 4]), (x) =>
    linear(x, matrix(4, 4), { bias: row(4), residual: { input: x, scale: row(4) } }),
  ),
  onOne('linear with a residual and no bias', floats([4]), (x) =>
    linear(x, matrix(4, 4), { residual: { input: tf.exp(x), scale: row(4) } }),
  ),
  {
    name: 'linear with a weight that is an input',
    inputs: { x: floats([4]), weight: { shape: [3, 4], dtype: 'float32', at: (i) => Math.sin(i) } },
    program: ({ x, weight }) => linear(x as Tensor, weight as Tensor2D, { bias: row(3) }),
  },
];

const ATTENTION: readonly KernelCase[] = [
  onOne('attention', floats([5, 24]), (x) => attention(x as Tensor3D, { numHeads: 2, scale: 0.5 })),
  onOne('attention with a scale of 1', floats([5, 24]), (x) =>
    attention(x as Tensor3D, { numHeads: 4, scale: 1 }),
  ),
  onTwo('attention with a mask of keys', floats([5, 24]), truths([1, 1, 5]), (x, keys) =>
    attention(x as Tensor3D, {
      numHeads: 2,
      scale: 0.5,
      mask: tf.mul(tf.sub(1, tf.cast(keys, 'float32')), -1e4) as Tensor4D,
    }),
  ),
  onOne('attention with one mask for all images', floats([3, 12]), (x) =>
    attention(x as Tensor3D, {
      numHeads: 2,
      scale: 0.5,
      mask: tf.tensor4d([0, -9, -9, 0, 0, -9, 0, 0, 0], [1, 1, 3, 3]),
    }),
  ),
];

const OTHERS: readonly KernelCase[] = [
  onOne('layerNorm', floats([3, 6]), (x) => layerNorm(x, row(6), tf.sin(row(6)) as Tensor1D, 1e-5)),
  onOne('layerNorm with a large epsilon', floats([6]), (x) => layerNorm(x, ones([6]), row(6), 0.5)),
  onOne('siluGate', floats([3, 8]), siluGate),
  onOne('extractPatches', floats([2, 7, 9]), (x) => extractPatches(x as Tensor4D, [3, 2])),
  onOne('patch embedding', floats([2, 7, 9]), (x) =>
    linear(extractPatches(x as Tensor4D, [3, 2]), matrix(5, 12), { bias: row(5) }),
  ),
  onOne('patch embedding without bias', floats([2, 6, 6]), (x) =>
    linear(extractPatches(x as Tensor4D, [3, 3]), matrix(5, 18)),
  ),
  {
    name: 'patch embedding with a weight that is an input',
    inputs: {
      x: { shape: [BATCH, 1, 4, 4], dtype: 'float32', at: Math.sin },
      weight: { shape: [3, 4], dtype: 'float32', at: Math.cos },
    },
    program: ({ x, weight }) => linear(extractPatches(x as Tensor4D, [2, 2]), weight as Tensor2D),
  },
];

/** The cases of this file. */
export const PRODUCT_CASES: readonly KernelCase[] = [...PRODUCTS, ...LINEAR, ...ATTENTION, ...OTHERS];
