/** What the self-test computes: the operations of a forward pass, in sizes that divide by no tile. */
import {
  concat,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  transpose,
} from '@tensorflow/tfjs-core';
import { attention } from '../../ops/attention.ts';
import { extractPatches } from '../../ops/extract-patches.ts';
import { layerNorm } from '../../ops/layer-norm.ts';
import { linear } from '../../ops/linear.ts';
import { siluGate } from '../../ops/silu-gate.ts';
import { elementCount } from '../../shapes/element-count.ts';
import * as plain from './plain-operations.ts';

/** One operation. */
export interface Case {
  /** as messages name it */
  operation: string;
  inputs: readonly { data: Float32Array; shape: readonly number[] }[];
  /** computes it with TF.js's current backend */
  compute(...inputs: Tensor[]): Tensor;
  /** the same in float64 */
  known(...inputs: Float32Array[]): Float64Array;
}

/**
 * Values of −1 … 1 without a pattern that tiles have.
 *
 * @param offset is added
 */
function waves(shape: readonly number[], offset = 0): Case['inputs'][number] {
  const size = elementCount(shape);
  return { data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * i + size) + offset), shape };
}

/** x [M, K] and weight [N, K]: TF.js has a program for each kind of size. */
function product(kind: string, M: number, K: number, N: number): Case {
  return {
    operation: `a product with transposed weights, ${kind} [${M}, ${K}] × [${N}, ${K}]`,
    inputs: [waves([M, K]), waves([N, K])],
    compute: (x, weight) => linear(x as Tensor2D, weight as Tensor2D),
    known: (x, weight) => plain.product(x, weight, { M, K, N }),
  };
}

const [M, K, N] = [101, 68, 164];
const [B, T, A, HEAD] = [2, 41, 3, 64];
const SCALE = HEAD ** -0.5;
const [ROWS, WIDTH] = [43, 388];
const EPSILON = 1e-6;
const [C, H, W, PATCH] = [3, 30, 45, 14];

/** Inputs have more than 1000 values where it matters: TF.js computes what is smaller on the processor. */
export const CASES: readonly Case[] = [
  product('one row', 1, 1203, 100),
  product('small', 19, 308, 41),
  product('long rows', 9, 2050, 23),
  {
    operation: 'a product with bias and GELU',
    inputs: [waves([M, K]), waves([N, K]), waves([N])],
    compute: (x, weight, bias) =>
      linear(x as Tensor2D, weight as Tensor2D, { bias: bias as Tensor1D, activation: 'gelu' }),
    known: (x, weight, bias) =>
      plain.product(x, weight, { M, K, N }).map((value, i) => plain.gelu(value + bias[i % N]!)),
  },
  {
    operation: 'a product with layer scale and residual',
    inputs: [waves([ROWS, K]), waves([N, K]), waves([N]), waves([ROWS, N])],
    compute: (x, weight, scale, input) =>
      linear(x as Tensor2D, weight as Tensor2D, { residual: { input: input!, scale: scale as Tensor1D } }),
    known: (x, weight, scale, input) =>
      plain.product(x, weight, { M: ROWS, K, N }).map((value, i) => input[i]! + scale[i % N]! * value),
  },
  {
    operation: `attention over ${T} tokens`,
    inputs: [waves([B, T, 3 * A * HEAD])],
    compute: (qkv) => attention(qkv as Tensor3D, { numHeads: A, scale: SCALE }),
    known: (qkv) => plain.attention(qkv, { B, T, A, K: HEAD, scale: SCALE }),
  },
  {
    operation: 'layer normalisation',
    // far from 0, as the first layers' are
    inputs: [waves([ROWS, WIDTH], 10), waves([WIDTH]), waves([WIDTH])],
    compute: (x, gamma, beta) => layerNorm(x!, gamma as Tensor1D, beta as Tensor1D, EPSILON),
    known: (x, gamma, beta) => plain.layerNorm(x, gamma, beta, EPSILON),
  },
  {
    operation: 'the gate of SwiGLU',
    inputs: [waves([ROWS, WIDTH])],
    compute: (x) => siluGate(x!),
    known: (x) => plain.siluGate(x, WIDTH),
  },
  {
    operation: 'cutting an image into patches',
    inputs: [waves([B, C, H, W])],
    compute: (image) => extractPatches(image as Tensor4D, [PATCH, PATCH]),
    known: (image) => plain.patches(image, { B, C, H, W, size: PATCH }),
  },
  {
    operation: 'concatenation, transposition and slices',
    inputs: [waves([1, WIDTH]), waves([ROWS, WIDTH])],
    // drops the first token, as taking patch tokens does
    compute: (token, rows) => slice(transpose(concat([token!, rows!], 0)), [0, 1], [WIDTH, ROWS]),
    known: (_, rows) => plain.transpose(rows, ROWS, WIDTH),
  },
];
