/** Products of matrices, and the linear layer. */
import { FUSED_EXTRACT_PATCHES, FUSED_LINEAR } from '../../../ops/kernel-names.ts';
import { fixedLength, fixedShape } from '../../ir/build.ts';
import { inputOf, type Operation, type Value } from '../../ir/graph.ts';
import type { Lowering } from '../lowering.ts';
import { FLOATS, type Lower, type Lowers, NUMBERS, numbersOf, only } from './lower.ts';

/** A matrix the other way round; a constant one is written that way. */
function transposed(value: Value, lowering: Lowering): string {
  const rank = value.shape.length;
  if (value.kind === 'constant' && rank === 2) return lowering.transposedConstant(value);
  const perm = Array.from({ length: rank }, (_, i) => i);
  return lowering.transpose(lowering.name(value), [...perm.slice(0, -2), rank - 1, rank - 2]);
}

const matMul: Lower = (operation, lowering) => {
  const { transposeA, transposeB } = operation.attributes;
  const [a, b] = [inputOf(operation, 'a'), inputOf(operation, 'b')];
  return lowering.node('MatMul', [
    transposeA === true ? transposed(a, lowering) : lowering.name(a),
    transposeB === true ? transposed(b, lowering) : lowering.name(b),
  ]);
};

/** x Wᵀ of a linear operation, without what comes after it. */
export function product(linear: Operation, lowering: Lowering): string {
  const x = lowering.name(inputOf(linear, 'x'));
  return lowering.node('MatMul', [x, transposed(inputOf(linear, 'weight'), lowering)]);
}

const linear: Lower = (operation, lowering, input) => {
  const { bias, residual, scale } = operation.inputs;
  const x = inputOf(operation, 'x');
  const weight = inputOf(operation, 'weight');
  let y: string;
  if (x.kind === 'operation' && x.kernel === FUSED_EXTRACT_PATCHES && weight.kind === 'constant') {
    y = convolved(operation, x, lowering);
  } else {
    y = product(operation, lowering);
    if (bias !== undefined) y = lowering.node('Add', [y, input('bias')]);
  }
  if (operation.attributes.activation === 'gelu') y = lowering.node('Gelu', [y]);
  if (scale !== undefined) y = lowering.node('Mul', [y, input('scale')]);
  return residual === undefined ? y : lowering.node('Add', [input('residual'), y]);
};

/** A linear map of patches is a convolution whose stride is its size: [B, C, H, W] → [B, h·w, D]. */
function convolved(operation: Operation, patches: Operation, lowering: Lowering): string {
  const weight = inputOf(operation, 'weight');
  const { bias } = operation.inputs;
  const pixels = inputOf(patches, 'x');
  const patchSize = numbersOf(patches, 'patchSize');
  const [outputs = 0] = fixedShape(weight.shape);
  const shape = [outputs, fixedLength(pixels.shape, 1), ...patchSize];
  if (weight.kind !== 'constant') throw new Error('internal: a convolution without a constant');
  const inputs = [lowering.name(pixels), lowering.constant(weight, shape)];
  if (bias !== undefined) inputs.push(lowering.name(bias));
  const map = lowering.node('Conv', inputs, {
    attributes: { kernel_shape: patchSize, strides: patchSize },
  });
  const [B = 1, N = 1] = operation.shape;
  return lowering.transpose(lowering.reshape(map, [B, outputs, N]), [0, 2, 1]);
}

/** The kernels of this file. */
export const PRODUCTS: Lowers = {
  BatchMatMul: only(NUMBERS, matMul),
  [FUSED_LINEAR]: only(FLOATS, linear),
};
