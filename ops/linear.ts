/** The affine map of a linear layer, with what may follow it in the same pass. */
import {
  add,
  matMul,
  mul,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { fixedLength } from '../shapes/batch-dimension.ts';
import { FUSED_EXTRACT_PATCHES } from './extract-patches.ts';
import { type FusedOp, fusedOp } from './fused-op.ts';
import { geluComposition } from './gelu.ts';
import { int8Product } from './int8-product.ts';
import type { OnnxBuilder } from './onnx-builder.ts';
import { inputOf, numbersOf, type Operation } from './operation.ts';

/** What a linear layer may apply to its product; `gelu` is the erf form, not combined with a residual. */
export type FusedActivation = 'none' | 'gelu';

/** x [..., K], weight [N, K] (as `linearWeight` made it, or any), bias [N], residual [..., N] and scale [N] together. */
type Inputs = {
  x: Tensor;
  weight: Tensor2D;
  bias?: Tensor1D | undefined;
  residual?: Tensor | undefined;
  scale?: Tensor1D | undefined;
};

/** y = act(x Wᵀ + b), or residual + scale · (x Wᵀ + b). */
export const FUSED_LINEAR: FusedOp<Inputs, { activation: FusedActivation }> = {
  name: 'Dinov2FusedLinear',
  attributes: ['activation'],
  compose({ x, weight, bias, residual, scale }, { activation }) {
    const [N, K] = weight.shape;
    return tidy(() => {
      const product = matMul(reshape(x, [-1, K]), weight, false, true);
      const biased = bias === undefined ? product : add(product, bias);
      const activated = activation === 'gelu' ? geluComposition(biased) : biased;
      const y = reshape(activated, [...x.shape.slice(0, -1), N]);
      return residual === undefined || scale === undefined ? y : add(residual, mul(y, scale));
    });
  },
  infer: ({ x, weight }) => [...x.slice(0, -1), weight[0]!],
  depth: ({ weight }) => weight[1]!,
  tokenwise: ['x', 'residual'],
  lower(operation, onnx, input) {
    const { bias, residual, scale } = operation.inputs;
    let y = convolution(operation, onnx);
    if (y === undefined) {
      y = product(operation, onnx);
      if (bias !== undefined) y = onnx.node('Add', [y, input('bias')]);
    }
    if (operation.attributes.activation === 'gelu') y = onnx.node('Gelu', [y]);
    if (scale !== undefined) y = onnx.node('Mul', [y, input('scale')]);
    return residual === undefined ? y : onnx.node('Add', [input('residual'), y]);
  },
};

/** A residual branch: the product is scaled per channel and added to `input`. */
export interface Residual {
  /** [..., N] */
  input: Tensor;
  /** [N] */
  scale: Tensor1D;
}

/** What a linear layer does beside its product. */
export interface LinearOptions {
  /** [N] */
  bias?: Tensor1D | undefined;
  /** applied after the bias; `none` if absent; not together with `residual` */
  activation?: FusedActivation | undefined;
  residual?: Residual | undefined;
}

/**
 * act(x Wᵀ + b), or residual.input + residual.scale · (x Wᵀ + b).
 *
 * @param x [..., K] float32
 * @param weight [N, K], made by `linearWeight`
 * @returns [..., N] float32, owned by the caller
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, options: LinearOptions = {}): T {
  const { bias, activation = 'none', residual } = options;
  const inputs = { x, weight, bias, residual: residual?.input, scale: residual?.scale };
  return fusedOp(FUSED_LINEAR, inputs, { activation });
}

/** Whether an operation is a linear one with nothing after its bias. */
export function isPlain({ kernel, inputs, attributes }: Operation): boolean {
  return kernel === FUSED_LINEAR.name && attributes.activation === 'none' && inputs.residual === undefined;
}

/** The product x Wᵀ of a linear operation in ONNX, without what comes after it. */
export function product(linear: Operation, onnx: OnnxBuilder): string {
  const [x, weight] = [inputOf(linear, 'x'), inputOf(linear, 'weight')];
  const rounded = onnx.writeInt8(weight);
  if (rounded !== undefined) return int8Product(x, rounded, onnx);
  return onnx.node('MatMul', [onnx.write(x), onnx.writeTransposed(weight)]);
}

/** A linear map of patches in ONNX: a convolution whose stride is its size, [B, C, H, W] → [B, h·w, D]. */
function convolution(linear: Operation, onnx: OnnxBuilder): string | undefined {
  const patches = inputOf(linear, 'x');
  const weight = inputOf(linear, 'weight');
  const isOfPatches = patches.kind === 'operation' && patches.kernel === FUSED_EXTRACT_PATCHES.name;
  if (!isOfPatches || weight.kind !== 'constant') return undefined;
  const { bias } = linear.inputs;
  const pixels = inputOf(patches, 'x');
  const patchSize = numbersOf(patches, 'patchSize');
  const D = weight.shape[0]!;
  const filter = onnx.constant(weight, [D, fixedLength(pixels.shape, 1), ...patchSize]);
  const inputs = [onnx.write(pixels), filter, ...(bias === undefined ? [] : [onnx.write(bias)])];
  const map = onnx.node('Conv', inputs, { attributes: { kernel_shape: patchSize, strides: patchSize } });
  const [B, N] = linear.shape;
  return onnx.transpose(onnx.reshape(map, [B!, D, N!]), [0, 2, 1]);
}
