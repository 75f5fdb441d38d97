/** The affine map of a linear layer, with what may follow it in the same pass. */
import {
  add,
  matMul,
  mul,
  reshape,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import { fixedLength } from '../shapes/batch-dimension.ts';
import { FUSED_EXTRACT_PATCHES } from './extract-patches.ts';
import { type FusedOp, fusedOp, type Gradients } from './fused-op.ts';
import { gelu, geluComposition } from './gelu.ts';
import { isRemembering } from './gradients/remembered.ts';
import { isRecording } from './gradients/tape.ts';
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

/** y = act(x Wᵀ + b), or residual + scale · (x Wᵀ + b); recorded for gradients, without an activation. */
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
  backward({ dy, inputs: { x, weight, bias, scale }, needs }) {
    const [N, K] = weight.shape;
    const rows = reshape(x, [-1, K]);
    const dyRows = reshape(dy, [-1, N]);
    const scaled = <T extends Tensor>(value: T, factor: Tensor | undefined): T =>
      factor === undefined ? value : mul(value, factor);
    const gradients: Gradients<Inputs> = {};
    if (needs('residual')) gradients.residual = dy.clone();
    if (needs('x')) gradients.x = reshape(matMul(scaled(dyRows, scale), weight), x.shape);
    // by the product as if nothing scaled it; of them, a row or a value for each output is the sum over all tokens
    const perWeight = needs('weight') || needs('scale') ? matMul(dyRows, rows, true) : undefined;
    const perOutput = needs('bias') || needs('scale') ? sum<Tensor1D>(dyRows, 0) : undefined;
    if (needs('weight') && perWeight !== undefined)
      gradients.weight = scaled(perWeight, scale && reshape(scale, [N, 1])) as Tensor2D;
    if (needs('bias') && perOutput !== undefined) gradients.bias = scaled(perOutput, scale);
    if (needs('scale') && perWeight !== undefined && perOutput !== undefined) {
      // Σ dy · (x Wᵀ + b), without computing the product again
      const ofWeight = sum<Tensor1D>(mul(perWeight, weight), 1);
      gradients.scale = bias === undefined ? ofWeight : add(ofWeight, mul(perOutput, bias));
    }
    return gradients;
  },
  keptBy: ({ weight }, { activation }) => (activation === 'none' ? weight : undefined),
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
  // what goes into an activation is what its gradient is computed of, so that it has to be kept
  const isNeeded = isRecording() || isRemembering((x.size / weight.shape[1]) * weight.shape[0]);
  if (activation === 'gelu' && isNeeded) {
    return tidy(() => gelu(linear(x, weight, { bias, residual })) as T);
  }
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
