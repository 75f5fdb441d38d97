/** The fused kernels of the backend `tensorflow`: fewer operations than the compositions have, and less around each. */
import { getKernel, registerKernel, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { FUSED_ATTENTION } from '../../ops/attention.ts';
import { FUSED_GELU } from '../../ops/gelu.ts';
import { FUSED_LAYER_NORM } from '../../ops/layer-norm.ts';
import { FUSED_LINEAR } from '../../ops/linear.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import { input, type KernelCall, numberAttr } from '../kernel-call.ts';
import { EagerOps, type TensorflowBackend } from './eager-ops.ts';

/** A call of a kernel of this backend. */
interface TensorflowCall extends KernelCall {
  ops: EagerOps;
}

/** What each kernel computes is said by its op, in `ops/`. */
const KERNELS: Record<string, (call: TensorflowCall) => Tensor> = {
  [FUSED_LINEAR.name]: linear,
  [FUSED_GELU.name]: ({ ops, inputs }) => gelu(ops, input(inputs, 'x')),
  [FUSED_LAYER_NORM.name]: layerNorm,
  [FUSED_ATTENTION.name]: attention,
};

/** Registers the kernels, unless they are. */
export function registerKernels(backend: TensorflowBackend): void {
  const ops = new EagerOps(backend);
  for (const [kernelName, run] of Object.entries(KERNELS)) {
    if (getKernel(kernelName, 'tensorflow') != null) continue;
    registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs = {} }) => tidy(() => run({ ops, inputs, attrs })),
    });
  }
}

function linear({ ops, inputs, attrs }: TensorflowCall): Tensor {
  const x = input(inputs, 'x');
  const weight = input(inputs, 'weight');
  const { bias, residual, scale } = inputs;
  const [outputs, depth] = dimensions(weight.shape, 2, 'weight');
  const product = ops.matMul(ops.reshape(x, [-1, depth]), weight, true);
  const biased = bias === undefined ? product : ops.biasAdd(product, bias);
  const activated = attrs.activation === 'gelu' ? gelu(ops, biased) : biased;
  const y = ops.reshape(activated, [...x.shape.slice(0, -1), outputs]);
  return residual === undefined || scale === undefined ? y : ops.add(residual, ops.mul(y, scale));
}

function gelu(ops: EagerOps, x: TensorInfo): Tensor {
  const twiceTheShare = ops.add(ops.unary('Erf', ops.mul(x, Math.SQRT1_2)), 1);
  return ops.mul(ops.mul(x, 0.5), twiceTheShare);
}

function layerNorm({ ops, inputs, attrs }: TensorflowCall): Tensor {
  const x = input(inputs, 'x');
  const centred = ops.sub(x, ops.mean(x));
  const variance = ops.mean(ops.unary('Square', centred));
  const factor = ops.unary('Rsqrt', ops.add(variance, numberAttr(attrs, 'epsilon')));
  return ops.add(ops.mul(ops.mul(centred, factor), input(inputs, 'gamma')), input(inputs, 'beta'));
}

function attention({ ops, inputs, attrs }: TensorflowCall): Tensor {
  const qkv = input(inputs, 'qkv');
  const { mask } = inputs;
  const [B, T, packed] = dimensions(qkv.shape, 3, 'qkv');
  const numHeads = numberAttr(attrs, 'numHeads');
  const headSize = packed / (3 * numHeads);
  // [B, T, 3·A·K] → 3 × [B, A, T, K]
  const heads = ops.transpose(ops.reshape(qkv, [B, T, 3, numHeads, headSize]), [2, 0, 3, 1, 4]);
  const [query, key, value] = ops.unstack(heads) as [Tensor, Tensor, Tensor];
  // the scale goes to the queries, which are fewer than the scores
  const scores = ops.matMul(ops.mul(query, numberAttr(attrs, 'scale')), key, true);
  const weights = ops.unary('Softmax', mask === undefined ? scores : ops.add(scores, mask));
  const attended = ops.transpose(ops.matMul(weights, value, false), [0, 2, 1, 3]);
  return ops.reshape(attended, [B, T, numHeads * headSize]);
}
