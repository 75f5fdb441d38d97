/** Products with weights in 8 bits, in ONNX. */
import { FUSED_GELU } from './gelu.ts';
import type { Int8Operand, OnnxBuilder } from './onnx-builder.ts';
import type { Value } from './operation.ts';

/** The byte of zero where values have any sign: as many steps on either side. */
const MIDDLE = 128;

/** GELU has no value under −0.17, so that it takes all bytes for what is above. */
const LEAST_GELU = -0.17;

/** So that a row of zeros has a scale to be divided by. */
const TINY = 1e-20;

/**
 * x Wᵀ with the rows of both in 8 bits: each row of x is divided by a scale of its own, which is found while it runs, and rounded
 * to bytes.
 *
 * A scale for each row, as tokens with massive activations would else cost all others their digits; one zero point for all, since
 * ONNX Runtime takes no other. Bytes without signs on both sides, as its kernels for signed weights saturate on processors that
 * have AVX2 and no VNNI. All operators are ONNX's own.
 *
 * @param x [..., K]
 * @returns [..., N] float32
 */
export function int8Product(x: Value, weight: Int8Operand, onnx: OnnxBuilder): string {
  const values = onnx.write(x);
  if (!isAfterGelu(x)) return scaledProduct(values, rowScale(values, onnx), MIDDLE, weight, onnx);
  const above = onnx.node('Add', [values, onnx.scalar(-LEAST_GELU)]);
  const steps = scaledProduct(
    above,
    onnx.node('Mul', [extreme('ReduceMax', above, onnx), onnx.scalar(1 / 255)]),
    0,
    weight,
    onnx,
  );
  // what was added to x
  return onnx.node('Add', [steps, weight.products(LEAST_GELU)]);
}

/** @param scale [..., 1]: what a step between bytes is in each row */
function scaledProduct(
  values: string,
  scale: string,
  zeroPoint: number,
  weight: Int8Operand,
  onnx: OnnxBuilder,
): string {
  const zero = onnx.byte(zeroPoint);
  const steps = onnx.node('Mul', [values, onnx.node('Reciprocal', [scale])]);
  const rounded = onnx.node('QuantizeLinear', [steps, onnx.scalar(1), zero]);
  const sums = onnx.node('MatMulInteger', [rounded, weight.bytes, zero, onnx.byte(weight.zeroPoint)]);
  // MatMulIntegerToFloat of ONNX Runtime, which has the first of these products in it, is no faster
  return onnx.node('Mul', [onnx.node('Mul', [onnx.cast(sums, 'float32'), weight.scales]), scale]);
}

function rowScale(values: string, onnx: OnnxBuilder): string {
  // magnitudes would be as many values as x again
  const least = onnx.node('Neg', [extreme('ReduceMin', values, onnx)]);
  const largest = onnx.node('Max', [extreme('ReduceMax', values, onnx), least, onnx.scalar(TINY)]);
  return onnx.node('Mul', [largest, onnx.scalar(1 / (255 - MIDDLE))]);
}

/** [..., 1] */
function extreme(operator: 'ReduceMin' | 'ReduceMax', values: string, onnx: OnnxBuilder): string {
  return onnx.node(operator, [values, onnx.integers([-1])], { attributes: { keepdims: 1 } });
}

function isAfterGelu(x: Value): boolean {
  if (x.kind !== 'operation') return false;
  return x.kernel === FUSED_GELU.name || x.attributes.activation === 'gelu';
}
