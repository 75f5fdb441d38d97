/** The ops whose fused kernels graphs have. */
import {
  type NamedAttrMap,
  type NamedTensorMap,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { attention } from '../../ops/attention.ts';
import { extractPatches } from '../../ops/extract-patches.ts';
import { gelu } from '../../ops/gelu.ts';
import {
  FUSED_ATTENTION,
  FUSED_EXTRACT_PATCHES,
  FUSED_GELU,
  FUSED_LAYER_NORM,
  FUSED_LINEAR,
  FUSED_SILU_GATE,
  type FusedActivation,
} from '../../ops/kernel-names.ts';
import { layerNorm } from '../../ops/layer-norm.ts';
import { linear } from '../../ops/linear.ts';
import { siluGate } from '../../ops/silu-gate.ts';

/** A kernel's op: of the kernel's inputs and attributes, its result, owned by the caller. */
export type FusedOp = (inputs: NamedTensorMap, attrs: NamedAttrMap) => Tensor;

/** By the kernel's name; an op runs on every backend, whether it has the kernel or not. */
export const FUSED_OPS: Readonly<Record<string, FusedOp>> = {
  [FUSED_LINEAR]: ({ x, weight, bias, residual, scale }, { activation }) =>
    linear(x as Tensor, weight as Tensor2D, {
      bias: bias as Tensor1D | undefined,
      activation: activation as FusedActivation,
      residual: residual && { input: residual, scale: scale as Tensor1D },
    }),
  [FUSED_LAYER_NORM]: ({ x, gamma, beta }, { epsilon }) =>
    layerNorm(x as Tensor, gamma as Tensor1D, beta as Tensor1D, Number(epsilon)),
  [FUSED_ATTENTION]({ qkv, mask }, { numHeads, scale, numQueries }) {
    const values = attention(qkv as Tensor3D, {
      numHeads: Number(numHeads),
      scale: Number(scale),
      mask: mask as Tensor4D | undefined,
    });
    return numQueries === undefined ? values : slice(values, [0, 0, 0], [-1, Number(numQueries), -1]);
  },
  [FUSED_GELU]: ({ x }) => gelu(x as Tensor),
  [FUSED_SILU_GATE]: ({ x }) => siluGate(x as Tensor),
  [FUSED_EXTRACT_PATCHES]: ({ x }, { patchSize }) =>
    extractPatches(x as Tensor4D, patchSize as unknown as [number, number]),
};
