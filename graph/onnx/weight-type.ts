/** The types in which an ONNX model keeps weights. */
import type { Precision } from '../../ops/precision.ts';

/** The type for each precision. */
export const WEIGHT_TYPES = { f32: 'float32', f16: 'float16', i8: 'int8' } as const satisfies Record<
  Precision,
  string
>;

/** One of `WEIGHT_TYPES`: of matrices and larger tensors, or, for `int8`, of the linear weights of blocks alone. */
export type WeightType = (typeof WEIGHT_TYPES)[Precision];
