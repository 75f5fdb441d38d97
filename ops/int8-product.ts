/** Products with weights in 8 bits, in ONNX. */
import { FUSED_GELU } from './gelu.ts';
import type { Int8Weight, OnnxBuilder } from './onnx-builder.ts';
import type { Value } from './operation.ts';

/** How the rows of what is multiplied become bytes: x is about (byte − zeroPoint) · scale. */
interface ByteRange {
  readonly zeroPoint: number;
  /** the least value is no less than this; undefined: rows may have any sign */
  readonly least?: number;
}

/** What has any sign: as many steps on either side of zero. */
const SYMMETRIC: ByteRange = { zeroPoint: 128 };

/** GELU has no value under −0.17, so that nearly all bytes are there for what is above zero. */
const AFTER_GELU: ByteRange = { zeroPoint: 24, least: -0.17 };

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
export function int8Product(x: Value, { bytes, zeroPoint, scales }: Int8Weight, onnx: OnnxBuilder): string {
  const range = isAfterGelu(x) ? AFTER_GELU : SYMMETRIC;
  const values = onnx.write(x);
  const scale = rowScale(values, range, onnx);
  const zero = onnx.byte(range.zeroPoint);
  const steps = onnx.node('Mul', [values, onnx.node('Reciprocal', [scale])]);
  const rounded = onnx.node('QuantizeLinear', [steps, onnx.scalar(1), zero]);
  const sums = onnx.node('MatMulInteger', [rounded, bytes, zero, onnx.byte(zeroPoint)]);
  // MatMulIntegerToFloat of ONNX Runtime, which has the first of these products in it, is no faster
  return onnx.node('Mul', [onnx.node('Mul', [onnx.cast(sums, 'float32'), scales]), scale]);
}

/** [..., 1]: what a step between bytes is in each row. */
function rowScale(values: string, { zeroPoint, least }: ByteRange, onnx: OnnxBuilder): string {
  const magnitudes = least === undefined ? onnx.node('Abs', [values]) : values;
  const largest = onnx.node('ReduceMax', [magnitudes, onnx.integers([-1])], { attributes: { keepdims: 1 } });
  const step = onnx.node('Mul', [largest, onnx.scalar(1 / (255 - zeroPoint))]);
  return onnx.node('Max', [step, onnx.scalar(least === undefined ? TINY : -least / zeroPoint)]);
}

function isAfterGelu(x: Value): boolean {
  if (x.kind !== 'operation') return false;
  return x.kernel === FUSED_GELU.name || x.attributes.activation === 'gelu';
}
