/** Scaled dot-product attention over packed queries, keys and values. */
import {
  add,
  matMul,
  mul,
  reshape,
  softmax,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { fixedLength } from '../shapes/batch-dimension.ts';
import { ATTENTION_BACKWARD } from './backward/attention-backward.ts';
import { backwardOp } from './backward/backward-op.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';
import { isPlain, product } from './linear.ts';
import { type Lowering, type OnnxBuilder, ORT_DOMAIN, split } from './onnx-builder.ts';
import { inputOf, numberOf, type Operation } from './operation.ts';

type Attrs = {
  /** A, the number of heads */
  numHeads: number;
  /** multiplies the scores; K^-0.5 with K the size of a head */
  scale: number;
};

/**
 * softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the output.
 *
 * qkv [B, T, 3·A·K] has Q of all heads, then K, then V; mask [B or 1, 1, 1 or T, T], which is optional, is added to the
 * scores. In a fused kernel the T×T matrix is never in memory as a whole.
 */
export const FUSED_ATTENTION: FusedOp<{ qkv: Tensor3D; mask?: Tensor4D | undefined }, Attrs> = {
  name: 'Dinov2FusedAttention',
  attributes: ['numHeads', 'scale'],
  compose: ({ qkv, mask }, attrs) => tidy(() => attentionWithWeights(qkv, { ...attrs, mask }).output),
  // a mask has none: nobody learns one
  backward({ dy, inputs: { qkv, mask }, y, attrs }) {
    const inputs = { qkv, mask, output: y as Tensor3D, dy: dy as Tensor3D };
    const [dQkv] = backwardOp(ATTENTION_BACKWARD, inputs, attrs);
    return { qkv: dQkv };
  },
  // a block has one
  keptBy: () => FUSED_ATTENTION,
  infer: ({ qkv }) => [...qkv.slice(0, -1), qkv.at(-1)! / 3],
  // the scores and the weighted sum, which has as many values as the queries
  depth: ({ qkv }) => 2 * qkv[1]!,
  // a mask with a row for each query would have to be cut too
  canLimitQueries: ({ inputs: { mask } }) => mask === undefined || mask.shape[2] === 1,
  lower(operation, onnx, input) {
    // ONNX Runtime's own needs a mask for every query, which a mask of keys would have to be written out for
    const own = onnx.target === 'ort' && operation.inputs.mask === undefined;
    return (own ? ownAttention : standardAttention)(operation, onnx, input);
  },
};

/** What attention needs beside its input. */
export interface ScaledDotProductOptions extends Attrs {
  /** [B or 1, 1, 1 or T, T] float32, added to the scaled scores */
  mask?: Tensor4D | undefined;
}

/**
 * softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the result.
 *
 * Source: Vaswani et al., Attention Is All You Need, arXiv:1706.03762, §3.2.
 *
 * @param qkv [B, T, 3·A·K] float32: Q of all heads, then K, then V
 * @returns [B, T, A·K], owned by the caller
 */
export function attention(qkv: Tensor3D, { numHeads, scale, mask }: ScaledDotProductOptions): Tensor3D {
  return fusedOp(FUSED_ATTENTION, { qkv, mask }, { numHeads, scale });
}

/**
 * The composition of `attention`, with the weights it multiplies the values by.
 *
 * @param qkv [B, T, 3·A·K] float32
 * @param change what becomes of the weights before the values are multiplied by them
 * @returns output [B, T, A·K] and weights [B, A, T, T], whose rows sum to 1; both owned by the caller
 */
export function attentionWithWeights(
  qkv: Tensor3D,
  { numHeads, scale, mask }: ScaledDotProductOptions,
  change: (weights: Tensor4D) => Tensor4D = (weights) => weights,
): { output: Tensor3D; weights: Tensor4D } {
  return tidy(() => {
    const [q, k, v] = splitHeads(qkv, numHeads);
    const scores: Tensor4D = mul(matMul(q, k, false, true), scale);
    const masked: Tensor4D = mask === undefined ? scores : add(scores, mask);
    const weights = softmax(masked);
    return { output: mergeHeads(matMul(change(weights), v)), weights };
  });
}

/**
 * Queries, keys and values of every head.
 *
 * @param qkv [B, T, 3·A·K]: Q of all heads, then K, then V
 * @param numHeads A
 * @returns q, k and v, [B, A, T, K] each, owned by the caller
 */
export function splitHeads(qkv: Tensor3D, numHeads: number): [Tensor4D, Tensor4D, Tensor4D] {
  const [B, T, packed] = qkv.shape;
  return tidy(() => {
    const parts = reshape(qkv, [B, T, 3, numHeads, packed / (3 * numHeads)]);
    // [B, T, 3, A, K] → [3, B, A, T, K]
    return unstack(transpose(parts, [2, 0, 3, 1, 4])) as [Tensor4D, Tensor4D, Tensor4D];
  });
}

/** [B, A, T, K] → [B, T, A·K] */
function mergeHeads(heads: Tensor4D): Tensor3D {
  const [B, A, T, K] = heads.shape;
  return reshape(transpose(heads, [0, 2, 1, 3]), [B, T, A * K]);
}

/** ONNX Runtime's operator adds the bias of queries, keys and values itself, while it puts the heads apart. */
const ownAttention: Lowering = (operation, onnx, input) => {
  const qkv = inputOf(operation, 'qkv');
  const plain = qkv.kind === 'operation' && onnx.isUsedOnce(qkv) && isPlain(qkv) ? qkv : undefined;
  const bias = plain?.inputs.bias;
  const whole = plain === undefined || bias === undefined ? input('qkv') : product(plain, onnx);
  const [query, key, value] = split(onnx, whole, -1, 3);
  const inputs = [firstTokens(operation, onnx, query!, 1), key!, value!];
  if (bias !== undefined) inputs.push(onnx.write(bias));
  return onnx.node('MultiHeadAttention', inputs, {
    domain: ORT_DOMAIN,
    attributes: {
      num_heads: numberOf(operation, 'numHeads'),
      scale: { float: numberOf(operation, 'scale') },
    },
  });
};

/** The queries that are asked for, which are the first ones. */
function firstTokens({ attributes }: Operation, onnx: OnnxBuilder, query: string, axis: number): string {
  const { numQueries } = attributes;
  if (typeof numQueries !== 'number') return query;
  const range = [[0], [numQueries], [axis]].map((each) => onnx.integers(each));
  return onnx.node('Slice', [query, ...range]);
}

const standardAttention: Lowering = (operation, onnx, input) => {
  const numHeads = numberOf(operation, 'numHeads');
  const scale = numberOf(operation, 'scale');
  const [B, T] = inputOf(operation, 'qkv').shape;
  const headSize = fixedLength(operation.shape, 2) / numHeads;
  // [B, T, 3·A·K] → [3, B, A, T, K]
  const apart = onnx.transpose(onnx.reshape(input('qkv'), [B!, T!, 3, numHeads, headSize]), [2, 0, 3, 1, 4]);
  const parts = split(onnx, apart, 0, 3);
  const first = onnx.integers([0]);
  const [all, key, value] = parts.map((part) => onnx.node('Squeeze', [part, first]));
  const query = firstTokens(operation, onnx, all!, 2);
  let scores = onnx.node('MatMul', [query, onnx.transpose(key!, [0, 1, 3, 2])]);
  if (scale !== 1) scores = onnx.node('Mul', [scores, onnx.scalar(scale)]);
  if (operation.inputs.mask !== undefined) scores = onnx.node('Add', [scores, input('mask')]);
  const weights = onnx.node('Softmax', [scores], { attributes: { axis: -1 } });
  const heads = onnx.transpose(onnx.node('MatMul', [weights, value!]), [0, 2, 1, 3]);
  return onnx.reshape(heads, operation.shape);
};
