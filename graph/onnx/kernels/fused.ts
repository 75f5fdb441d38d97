/** The other fused kernels of `ops/kernel-names.ts`. */
import {
  FUSED_ATTENTION,
  FUSED_EXTRACT_PATCHES,
  FUSED_GELU,
  FUSED_LAYER_NORM,
  FUSED_LINEAR,
  FUSED_SILU_GATE,
} from '../../../ops/kernel-names.ts';
import { fixedLength } from '../../ir/build.ts';
import { inputOf, type Operation, type Value } from '../../ir/graph.ts';
import type { Lowering } from '../lowering.ts';
import { FLOATS, float, type Lower, type Lowers, numberOf, numbersOf, only } from './lower.ts';
import { product } from './products.ts';

/** The operators that ONNX Runtime adds to ONNX's own. */
export const ORT_DOMAIN = 'com.microsoft';

/** softmax(Q Kᵀ · scale + mask) V. */
const attention: Lower = (operation, lowering, input) => {
  const { mask } = operation.inputs;
  // ONNX Runtime's own needs a mask for every query, which a mask of keys would have to be written out for
  const own = lowering.target === 'ort' && mask === undefined;
  return own ? ownAttention(operation, lowering, input) : standardAttention(operation, lowering, input);
};

/** The operator adds the bias of queries, keys and values itself, while it puts the heads apart. */
function ownAttention(operation: Operation, lowering: Lowering, input: (name: string) => string): string {
  const qkv = inputOf(operation, 'qkv');
  const bias = qkv.kind === 'operation' && lowering.isUsedOnce(qkv) ? plainBias(qkv) : undefined;
  const whole = bias === undefined ? input('qkv') : product(qkv as Operation, lowering);
  const [query = '', key = '', value = ''] = lowering.nodeOf('Split', [whole], {
    outputs: 3,
    attributes: { axis: -1, num_outputs: 3 },
  });
  const inputs = [firstOf(operation, lowering, query, 1), key, value];
  if (bias !== undefined) inputs.push(lowering.name(bias));
  return lowering.node('MultiHeadAttention', inputs, {
    domain: ORT_DOMAIN,
    attributes: {
      num_heads: numberOf(operation, 'numHeads'),
      scale: float(numberOf(operation, 'scale')),
    },
  });
}

/** The bias of a linear operation that does nothing after it. */
function plainBias({ kernel, inputs, attributes }: Operation): Value | undefined {
  const isPlain =
    kernel === FUSED_LINEAR && attributes.activation === 'none' && inputs.residual === undefined;
  return isPlain ? inputs.bias : undefined;
}

/** The queries that are asked for, which are the first ones. */
function firstOf({ attributes }: Operation, lowering: Lowering, query: string, axis: number): string {
  const { numQueries } = attributes;
  if (typeof numQueries !== 'number') return query;
  const range = [[0], [numQueries], [axis]].map((each) => lowering.integers(each));
  return lowering.node('Slice', [query, ...range]);
}

function standardAttention(
  operation: Operation,
  lowering: Lowering,
  input: (name: string) => string,
): string {
  const { mask } = operation.inputs;
  const numHeads = numberOf(operation, 'numHeads');
  const scale = numberOf(operation, 'scale');
  const [B = 1, T = 1] = inputOf(operation, 'qkv').shape;
  const headSize = fixedLength(operation.shape, 2) / numHeads;
  // [B, T, 3·A·K] → [3, B, A, T, K]
  const apart = lowering.transpose(
    lowering.reshape(input('qkv'), [B, T, 3, numHeads, headSize]),
    [2, 0, 3, 1, 4],
  );
  const parts = lowering.nodeOf('Split', [apart], { outputs: 3, attributes: { axis: 0, num_outputs: 3 } });
  const first = lowering.integers([0]);
  const [all = '', key = '', value = ''] = parts.map((part) => lowering.node('Squeeze', [part, first]));
  const query = firstOf(operation, lowering, all, 2);
  let scores = lowering.node('MatMul', [query, lowering.transpose(key, [0, 1, 3, 2])]);
  if (scale !== 1) scores = lowering.node('Mul', [scores, lowering.scalar(scale)]);
  if (mask !== undefined) scores = lowering.node('Add', [scores, input('mask')]);
  const weights = lowering.node('Softmax', [scores], { attributes: { axis: -1 } });
  const heads = lowering.transpose(lowering.node('MatMul', [weights, value]), [0, 2, 1, 3]);
  return lowering.reshape(heads, operation.shape);
}

/** Each of float32 alone. */
const OF_FLOATS: Lowers = {
  [FUSED_ATTENTION]: attention,
  [FUSED_LAYER_NORM]: (operation, lowering, input) =>
    lowering.node('LayerNormalization', [input('x'), input('gamma'), input('beta')], {
      attributes: { axis: -1, epsilon: float(numberOf(operation, 'epsilon')) },
    }),
  [FUSED_GELU]: (_, lowering, input) => lowering.node('Gelu', [input('x')]),
  [FUSED_SILU_GATE](_, lowering, input) {
    const [gate = '', value = ''] = lowering.nodeOf('Split', [input('x')], {
      outputs: 2,
      attributes: { axis: -1, num_outputs: 2 },
    });
    const silu = lowering.node('Mul', [gate, lowering.node('Sigmoid', [gate])]);
    return lowering.node('Mul', [silu, value]);
  },
  /** [B, C, h·Ph, w·Pw] → [B, h·w, C·Ph·Pw] */
  [FUSED_EXTRACT_PATCHES](operation, lowering, input) {
    const { shape } = inputOf(operation, 'x');
    const [B = 1] = shape;
    const [C, H, W] = [1, 2, 3].map((axis) => fixedLength(shape, axis)) as [number, number, number];
    const [height = 1, width = 1] = numbersOf(operation, 'patchSize');
    const [rows, columns] = [Math.floor(H / height), Math.floor(W / width)];
    const whole = lowering.node('Slice', [
      input('x'),
      lowering.integers([0, 0]),
      lowering.integers([rows * height, columns * width]),
      lowering.integers([2, 3]),
    ]);
    const cut = lowering.reshape(whole, [B, C, rows, height, columns, width]);
    return lowering.reshape(lowering.transpose(cut, [0, 2, 4, 1, 3, 5]), operation.shape);
  },
};

/** The kernels of this file. */
export const FUSED: Lowers = Object.fromEntries(
  Object.entries(OF_FLOATS).map(([kernel, lower]) => [kernel, only(FLOATS, lower)]),
);
